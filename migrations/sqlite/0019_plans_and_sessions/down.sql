DROP TABLE attendances;
DROP TABLE sessions;
DROP TABLE support_plans;
