//! Where things stand: the states of rubrics, criteria, lists and imports.

crate::codes! {
    /// Where a rubric version stands.
    RubricState {
        /// Being written.
        Draft = "draft",
        /// In use and immutable.
        Published = "published",
        /// No longer for new assessments.
        Retired = "retired",
    }
    /// Which of a venture's assessments.
    AssessmentKind {
        /// The first.
        Baseline = "baseline",
        /// A later one, to see progress.
        FollowUp = "follow_up",
    }
    /// Where an import stands.
    ImportState {
        /// Its rows are coming in; nobody has been promised anything yet.
        Receiving = "receiving",
        /// Complete and waiting for its turn.
        Queued = "queued",
        /// Being checked and applied.
        Running = "running",
        /// Ended: what could be applied is in.
        Applied = "applied",
        /// Ended: nothing was applied.
        Refused = "refused",
    }
    /// What a faulty row does to the others.
    ImportMode {
        /// One faulty row keeps all rows out.
        AllOrNothing = "all_or_nothing",
        /// Rows without a fault go in.
        ValidRows = "valid_rows",
    }
    /// Where a criteria version stands.
    CriteriaState {
        /// Written, waiting for a second person.
        Draft = "draft",
        /// A second person has agreed.
        Approved = "approved",
        /// In use; the highest published number is the one that ranks.
        Published = "published",
    }
    /// Where a match list stands.
    ListState {
        /// Made by one person, waiting for a second.
        Draft = "draft",
        /// What the investor reads.
        Published = "published",
        /// A newer list has taken its place.
        Superseded = "superseded",
    }
}
