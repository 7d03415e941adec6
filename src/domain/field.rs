//! The registry of fields a criteria document may use.

crate::codes! {
    /// An operator of a filter in a criteria document.
    Op {
        /// Equal.
        Is = "is",
        /// One of.
        In = "in",
        /// None of these.
        NotIn = "not_in",
        /// At least.
        Gte = "gte",
        /// At most.
        Lte = "lte",
        /// From one to another, both included.
        Between = "between",
        /// Two ranges that share a point.
        Overlaps = "overlaps",
        /// Equal to, or below, one of these codes in its hierarchy.
        Under = "under",
        /// A set that holds at least one of these.
        AnyOf = "any_of",
        /// A set that holds all of these.
        AllOf = "all_of",
        /// A set that holds none of these.
        NoneOf = "none_of",
    }
    /// How the values of a field are compared.
    FieldType {
        /// An exact decimal.
        Number = "number",
        /// `true` or `false`; a text for the engine.
        Boolean = "boolean",
        /// One code or text, perhaps of a hierarchy.
        Code = "code",
        /// A set of codes.
        Set = "set",
        /// Two numbers; used in preferences through `.min` and `.max`.
        Range = "range",
    }
    /// Who may see a field's value before an introduction.
    FieldClass {
        /// Printed on the card.
        Card = "card",
        /// Shown after introduction.
        Profile = "profile",
        /// Never shown to investors.
        Sensitive = "sensitive",
    }
}

/// What a criteria document may say about fields: everything offline, the registry over HTTP.
pub trait Vocabulary {
    /// The type of a field and the operators it takes, or `None` for an unknown field.
    /// `funding_need.min` and `funding_need.max` are numbers of their own.
    fn describe(&self, field: &str) -> Option<(FieldType, &'static [Op])>;
}
