//! Who may do what: one table, operation × role. It decides at run time, through the marker type that stands
//! in a handler's first argument, and it writes the roles into the OpenAPI document.

use super::actor::Role;

/// The right to one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// The `operationId` in the OpenAPI document.
    pub operation: &'static str,
    /// Who has it; `None`: everybody, also without signing in.
    pub roles: Option<&'static [Role]>,
}

impl Right {
    /// Whether a signed-in account of this role has the right.
    pub fn allows(&self, role: Role) -> bool {
        self.roles.is_none_or(|roles| roles.contains(&role))
    }

    /// The row of an operation.
    pub fn of(operation: &str) -> Option<&'static Self> {
        TABLE.iter().find(|right| right.operation == operation)
    }
}

/// The marker type of an operation.
pub trait Operation: 'static {
    /// Its row in the table.
    const RIGHT: Right;
}

/// An operation that only certain roles may use.
pub trait Restricted: Operation {}

/// An operation that anybody may use, also without signing in.
pub trait Open: Operation {}

macro_rules! rights {
    (@roles anyone) => { None };
    (@roles signed_in) => { Some(&Role::ALL) };
    (@roles $($role:ident)+) => { Some(&[$(Role::$role),+]) };
    (@kind $name:ident anyone) => { impl super::Open for $name {} };
    (@kind $name:ident $($role:ident)+) => { impl super::Restricted for $name {} };
    ($($name:ident = $id:literal: $($role:ident)+;)+) => {
        /// The table.
        pub static TABLE: &[Right] = &[$(<op::$name as Operation>::RIGHT),+];

        /// One marker type an operation.
        pub mod op {
            #[allow(unused_imports, reason = "a table of open operations names no role")]
            use super::{Operation, Right, Role};
            $(
                #[doc = concat!("The right to `", $id, "`.")]
                #[derive(Clone, Copy, Debug)]
                pub struct $name;
                impl Operation for $name {
                    const RIGHT: Right = Right { operation: $id, roles: rights!(@roles $($role)+) };
                }
                rights!(@kind $name $($role)+);
            )+
        }
    };
}

// `anyone`: without signing in. `signed_in`: every role.
rights! {
    GetJwks = "getJwks": anyone;
}
