//! What a program may do with its token: some operations of its role, chosen one by one.

use std::collections::BTreeSet;

use super::actor::Role;
use super::fault::Fault;
use super::right::Right;
use super::text::Text;

/// What only people do, whatever a token says: both sides of everything that needs four eyes (or one person could be
/// both, once by hand and once by token), and whatever opens a door for somebody else.
pub const FOR_PEOPLE_ONLY: &[&str] = &[
    "createRubric",
    "createRubricVersion",
    "publishRubricVersion",
    "createCriteria",
    "createCriteriaVersion",
    "changeCriteria",
    "approveCriteriaVersion",
    "publishCriteriaVersion",
    "createMatchList",
    "publishMatchList",
    "issueClaimCode",
    "moveMatch",
    "verifyInvestor",
    "eraseVenture",
    "eraseParticipant",
    "confirmDeletion",
    "giveConsent",
    "withdrawConsent",
    "changeDataRequest",
    "changeComplaint",
    "changeIncident",
    "createWebhook",
    "changeWebhook",
    "rotateWebhookSecret",
    "acceptMandate",
    "startMandateSession",
];

/// What needs the owner's own word: consents, the phone that signs the owner in, everything held about them as one file, what they
/// ask about their data, what they complain about (of the pendamping, it may be), and who may act for them. A pendamping who acts for the
/// owner may do whatever else the owner may, but for the moves that [`needs_own_word`](super::match_life::needs_own_word) names.
pub const OWN_WORD_ONLY: &[&str] = &[
    "giveMyConsent",
    "withdrawMyConsent",
    "setMyPhone",
    "confirmMyPhone",
    "getMyData",
    "createMyRequest",
    "listMyComplaints",
    "createMyComplaint",
    "createCompanion",
    "endCompanion",
];

/// The roles that a program may have.
pub const ROLES: [Role; 4] = [Role::Staff, Role::Assessor, Role::Investor, Role::Auditor];

/// The operations that a program may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(BTreeSet<String>);

impl Scope {
    /// These operations, by their `operationId`, for a program with this role.
    ///
    /// # Errors
    /// All that is wrong: a role that no program has; operations that there are not, that the role may not use, or that only people
    /// use.
    pub fn choose(role: Role, operations: &[String]) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut refuse = |pointer: String, code, id, en| {
            faults.push(Fault { pointer, code, detail: Text::new(id, en) });
        };
        if !ROLES.contains(&role) {
            refuse(
                "/role".into(),
                "not_for_this_role",
                "Token layanan hanya untuk peran staff, assessor, investor, atau auditor.",
                "A service token is for the role staff, assessor, investor or auditor.",
            );
        }
        for (n, operation) in operations.iter().enumerate() {
            let at = format!("/operations/{n}");
            match Right::of(operation) {
                None => refuse(
                    at,
                    "unknown_operation",
                    "Operasi ini tidak ada; lihat operationId pada dokumen OpenAPI.",
                    "There is no such operation; see the operationId in the OpenAPI document.",
                ),
                Some(_) if FOR_PEOPLE_ONLY.contains(&operation.as_str()) => refuse(
                    at,
                    "for_people_only",
                    "Operasi ini hanya untuk orang, tidak untuk token layanan.",
                    "This operation is for people and not for service tokens.",
                ),
                Some(right) if right.roles.is_none() || !right.allows(role) => refuse(
                    at,
                    "not_for_this_role",
                    "Peran token ini tidak memerlukan atau tidak berhak atas operasi ini.",
                    "The role of this token does not need this operation, or has no right to it.",
                ),
                Some(_) => {}
            }
        }
        if faults.is_empty() { Ok(Self(operations.iter().cloned().collect())) } else { Err(faults) }
    }

    /// As stored: names with commas between them. Those that only people may use by now are left out.
    pub fn parse(text: &str) -> Self {
        let kept = text.split(',').filter(|name| !name.is_empty() && !FOR_PEOPLE_ONLY.contains(name));
        Self(kept.map(ToOwned::to_owned).collect())
    }

    /// Writes what [`Scope::parse`] reads.
    pub fn to_text(&self) -> String {
        self.0.iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }

    /// Whether an operation is among them.
    pub fn allows(&self, operation: &str) -> bool {
        self.0.contains(operation)
    }

    /// The operations, in alphabetical order.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::super::right::TABLE;
    use super::*;

    fn choose(role: Role, operations: &[&str]) -> Result<Scope, Vec<(String, &'static str)>> {
        let operations: Vec<String> = operations.iter().map(ToString::to_string).collect();
        Scope::choose(role, &operations).map_err(|f| f.into_iter().map(|f| (f.pointer, f.code)).collect())
    }

    #[test]
    fn only_what_the_role_may_and_people_need_not() {
        let scope = choose(Role::Staff, &["listVentures", "createImport", "listVentures"]).unwrap();
        assert_eq!(scope.to_text(), "createImport,listVentures");
        assert_eq!(Scope::parse(&scope.to_text()), scope);
        assert!(scope.allows("createImport") && !scope.allows("getVenture"));
        let faults = choose(
            Role::Auditor,
            &["listAudit", "nothing", "listVentures", "publishMatchList", "signIn", "getMyStatus", ""],
        );
        let at = |n, code| (format!("/operations/{n}"), code);
        let expected = [
            at(1, "unknown_operation"),
            at(2, "not_for_this_role"),
            at(3, "for_people_only"),
            at(4, "not_for_this_role"),
            at(5, "not_for_this_role"),
            at(6, "unknown_operation"),
        ];
        assert_eq!(faults.unwrap_err(), expected);
        for role in [Role::Admin, Role::Owner] {
            assert_eq!(choose(role, &["getMe"]).unwrap_err(), [("/role".to_owned(), "not_for_this_role")]);
        }
        assert!(!Scope::parse("publishMatchList,getMe").allows("publishMatchList"));
        assert!(Scope::parse("").operations().next().is_none());
    }

    #[test]
    fn what_needs_the_own_word_is_an_owners_alone() {
        for operation in OWN_WORD_ONLY {
            let right = Right::of(operation).unwrap_or_else(|| panic!("{operation} is no operation"));
            assert_eq!(right.roles, Some([Role::Owner].as_slice()), "{operation}");
        }
    }

    #[test]
    fn both_sides_of_four_eyes_are_for_people() {
        for operation in FOR_PEOPLE_ONLY {
            assert!(Right::of(operation).is_some(), "{operation} is no operation");
        }
        for right in TABLE {
            let decides = ["approve", "publish"].iter().any(|verb| right.operation.starts_with(verb));
            assert!(!decides || FOR_PEOPLE_ONLY.contains(&right.operation), "{} needs a person", right.operation);
            // Whatever makes what is decided on later is the other pair of eyes.
            let made = right.operation.strip_prefix("approve").or(right.operation.strip_prefix("publish"));
            for made in made.iter().flat_map(|thing| [*thing, thing.trim_end_matches("Version")]) {
                let makes = format!("create{made}");
                let there_is = Right::of(&makes).is_some();
                assert!(!there_is || FOR_PEOPLE_ONLY.contains(&makes.as_str()), "{makes} needs a person");
            }
        }
    }
}
