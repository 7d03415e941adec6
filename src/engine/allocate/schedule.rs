//! Meetings into rounds, so that nobody is in two at once.
//!
//! A bipartite graph's edges can be coloured with as many colours as its busiest node has edges (König 1916): a
//! colour is a round. Meetings are placed one after another; where no round is free on both sides, two rounds are
//! swapped along the path of meetings that alternates between them, which frees one.

use super::market::Meeting;

/// A round for every meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// As many as the busiest participant has meetings.
    pub rounds: u32,
    /// The round of each meeting, from 0, in the order the meetings were given.
    pub round_of: Vec<u32>,
}

/// Somebody has more meetings than there are slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overbooked {
    /// A venture has.
    #[error("venture {venture} has {meetings} meetings")]
    Venture {
        /// By its number.
        venture: u32,
        /// How many it has.
        meetings: u32,
    },
    /// An investor has.
    #[error("investor {investor} has {meetings} meetings")]
    Investor {
        /// By its number.
        investor: u32,
        /// How many it has.
        meetings: u32,
    },
}

/// No meeting here.
const FREE: u32 = u32::MAX;

/// Schedules meetings into exactly as many rounds as the busiest participant has meetings. The answer is a fixed
/// function of the meetings in their order; the same pair may meet more than once.
///
/// # Errors
/// [`Overbooked`] names the first participant, ventures first, with more meetings than `slots`.
pub fn schedule(meetings: &[Meeting], slots: u32) -> Result<Schedule, Overbooked> {
    let ventures = degrees(meetings.iter().map(|m| m.venture));
    let investors = degrees(meetings.iter().map(|m| m.investor));
    if let Some((venture, meetings)) = ventures.iter().find(|(_, degree)| *degree > slots) {
        return Err(Overbooked::Venture { venture: *venture, meetings: *meetings });
    }
    if let Some((investor, meetings)) = investors.iter().find(|(_, degree)| *degree > slots) {
        return Err(Overbooked::Investor { investor: *investor, meetings: *meetings });
    }
    let rounds = ventures.iter().chain(&investors).map(|(_, degree)| *degree).max().unwrap_or(0);
    let mut diary = Diary::new(rounds as usize, meetings, &ventures, &investors);
    for meeting in 0..meetings.len() {
        diary.place(meeting);
    }
    Ok(Schedule { rounds, round_of: diary.round_of })
}

/// Participants who have a meeting, by number, and how many they have.
fn degrees(participants: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut sorted: Vec<u32> = participants.collect();
    sorted.sort_unstable();
    let count = |run: &[u32]| u32::try_from(run.len()).unwrap_or(u32::MAX);
    sorted.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, count(run)))).collect()
}

/// Who has which meeting in which round.
struct Diary {
    rounds: usize,
    /// The two participants of each meeting, as rows of `booked`.
    sides: Vec<[usize; 2]>,
    /// The meeting of a participant in a round, or [`FREE`]: `booked[participant · rounds + round]`.
    booked: Vec<u32>,
    round_of: Vec<u32>,
}

impl Diary {
    fn new(rounds: usize, meetings: &[Meeting], ventures: &[(u32, u32)], investors: &[(u32, u32)]) -> Self {
        let row = |list: &[(u32, u32)], who: u32| list.partition_point(|(number, _)| *number < who);
        let sides =
            meetings.iter().map(|m| [row(ventures, m.venture), ventures.len() + row(investors, m.investor)]).collect();
        let booked = vec![FREE; (ventures.len() + investors.len()) * rounds];
        Self { rounds, sides, booked, round_of: vec![0; meetings.len()] }
    }

    fn of(&self, participant: usize) -> &[u32] {
        &self.booked[participant * self.rounds..][..self.rounds]
    }

    fn place(&mut self, meeting: usize) {
        let [venture, investor] = self.sides[meeting];
        let free = |diary: &[u32]| diary.iter().position(|m| *m == FREE);
        let common = self.of(venture).iter().zip(self.of(investor)).position(|(a, b)| *a == FREE && *b == FREE);
        // Each has fewer meetings so far than there are rounds: a round is free on either side.
        let (Some(of_venture), Some(of_investor)) = (free(self.of(venture)), free(self.of(investor))) else { return };
        let round = common.unwrap_or_else(|| {
            self.swap(investor, of_venture, of_investor);
            of_venture
        });
        self.book(meeting, round);
    }

    fn book(&mut self, meeting: usize, round: usize) {
        // Meetings and rounds are counted in u32: see `schedule`.
        for participant in self.sides[meeting] {
            self.booked[participant * self.rounds + round] = u32::try_from(meeting).unwrap_or(FREE);
        }
        self.round_of[meeting] = u32::try_from(round).unwrap_or(u32::MAX);
    }

    /// Swaps two rounds along the path from an investor who is booked in `busy` and free in `free`. The path comes to
    /// ventures by meetings in `busy` only; so it never comes to the venture who is about to meet this investor, for
    /// that one is free in `busy`.
    fn swap(&mut self, start: usize, busy: usize, free: usize) {
        let (mut path, mut at, mut round) = (Vec::new(), start, busy);
        while let Some(meeting) = self.of(at).get(round).filter(|m| **m != FREE).map(|m| *m as usize) {
            path.push(meeting);
            let [a, b] = self.sides[meeting];
            at = if at == a { b } else { a };
            round = if round == busy { free } else { busy };
        }
        for meeting in &path {
            for participant in self.sides[*meeting] {
                let row = participant * self.rounds;
                self.booked[row + busy] = FREE;
                self.booked[row + free] = FREE;
            }
        }
        for (step, meeting) in path.into_iter().enumerate() {
            self.book(meeting, if step % 2 == 0 { free } else { busy });
        }
    }
}
