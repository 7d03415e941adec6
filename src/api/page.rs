//! Pages of lists: cursors that only this service can make, for one caller and one list, and the links.

use std::fmt::Display;
use std::str::FromStr;

use actix_web::http::header::{HeaderValue, LINK};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::caller::Caller;
use super::codes::Code;
use super::problem::{Fault, Place, Problem, Result};
use crate::domain::text::Text;
use crate::keys::seal::Seal;
use crate::store::{Page, Seek};

/// Items on a page when nobody says how many.
const USUAL: i64 = 20;
/// Items on a page at most; a larger wish is cut to it.
const MOST: i64 = 100;

/// Where a page begins, before it is sealed into a cursor.
#[derive(Serialize, Deserialize)]
enum Turn {
    #[serde(rename = "a")]
    After(String),
    #[serde(rename = "b")]
    Before(String),
}

/// One caller's way through one list. `list` is the list's path with its filters.
pub struct Pager<'a, O> {
    caller: &'a Caller<O>,
    list: String,
    limit: i64,
    cursor: Option<String>,
}

impl<'a, O> Pager<'a, O> {
    /// A way through a list, from what the query says.
    pub fn new(caller: &'a Caller<O>, list: impl Into<String>, limit: Option<u32>, cursor: Option<String>) -> Self {
        Self { caller, list: list.into(), limit: limit.map_or(USUAL, i64::from).clamp(1, MOST), cursor }
    }

    /// How many items the page has at most.
    pub const fn limit(&self) -> i64 {
        self.limit
    }

    /// A cursor works for the one who got it, on the list it came from.
    fn place(&self) -> Vec<u8> {
        format!("cursor {} {}", self.caller.actor.principal(), self.list).into_bytes()
    }

    /// Where the page begins.
    ///
    /// # Errors
    /// `invalid_query` for a cursor that was not made here, for this caller and this list.
    pub fn seek<K: FromStr>(&self) -> Result<Seek<K>> {
        let Some(cursor) = &self.cursor else { return Ok(Seek::First) };
        self.open(cursor).ok_or_else(|| {
            let detail = Text::new(
                "Kursor ini bukan dari daftar ini. Mulai lagi tanpa cursor.",
                "This cursor is not one of this list. Start again without a cursor.",
            );
            Problem::new(Code::InvalidQuery).faults(vec![Fault {
                place: Place::Parameter("cursor".into()),
                code: "invalid_cursor".into(),
                detail,
            }])
        })
    }

    fn open<K: FromStr>(&self, cursor: &str) -> Option<Seek<K>> {
        open_cursor(self.caller.app.service.keys.cursors(), &self.place(), cursor)
    }

    fn seal(&self, turn: &Turn) -> Result<String> {
        seal_turn(self.caller.app.service.keys.cursors(), &self.place(), turn)
    }

    /// Makes the answer of a page: its items, the cursors to its neighbours, and their links.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn answer<T, K: Display, B: From<Items<T>>>(&self, page: Page<T>, key: impl Fn(&T) -> K) -> Result<Answer<B>> {
        self.answer_with(page.map(|item| (key(&item), item)), B::from)
    }

    /// Makes the answer of a page whose items stand beside their keys, and whose body holds more than a page.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn answer_with<T, K: Display, B>(
        &self,
        page: Page<(K, T)>,
        body: impl FnOnce(Items<T>) -> B,
    ) -> Result<Answer<B>> {
        let key = |end: Option<&(K, T)>| end.map(|(key, _)| key.to_string());
        let (first, last) = (key(page.items.first()), key(page.items.last()));
        let next = last.filter(|_| page.after).map(|key| self.seal(&Turn::After(key))).transpose()?;
        let prev = first.filter(|_| page.before).map(|key| self.seal(&Turn::Before(key))).transpose()?;
        let link = [(&next, "next"), (&prev, "prev")]
            .into_iter()
            .filter_map(|(cursor, rel)| Some(format!("<{}>; rel=\"{rel}\"", self.url(cursor.as_deref()?))))
            .collect::<Vec<_>>()
            .join(", ");
        let items = page.items.into_iter().map(|(_, item)| item).collect();
        let answer = Answer::ok(body(Items { items, next, prev })).page();
        if link.is_empty() {
            return Ok(answer);
        }
        Ok(answer.header(LINK, HeaderValue::from_str(&link).map_err(Problem::internal)?))
    }

    fn url(&self, cursor: &str) -> String {
        let joint = if self.list.contains('?') { '&' } else { '?' };
        format!("{}{joint}limit={}&cursor={cursor}", self.list, self.limit)
    }
}

/// Where the page of a cursor begins; `None` for a cursor that was not sealed with these keys for this place.
pub fn open_cursor<K: FromStr>(keys: &Seal, place: &[u8], cursor: &str) -> Option<Seek<K>> {
    let sealed = fast32::base64::RFC4648_URL_NOPAD.decode_str(cursor).ok()?;
    let text = keys.open(place, &sealed).ok()?;
    Some(match serde_json::from_slice(&text).ok()? {
        Turn::After(key) => Seek::After(key.parse().ok()?),
        Turn::Before(key) => Seek::Before(key.parse().ok()?),
    })
}

/// The cursor of a page that begins behind or in front of a key; `None` for the first page, which needs none.
///
/// # Errors
/// A fault of ours.
pub fn seal_cursor<K: Display>(keys: &Seal, place: &[u8], seek: &Seek<K>) -> Result<Option<String>> {
    let turn = match seek {
        Seek::First => return Ok(None),
        Seek::After(key) => Turn::After(key.to_string()),
        Seek::Before(key) => Turn::Before(key.to_string()),
    };
    seal_turn(keys, place, &turn).map(Some)
}

fn seal_turn(keys: &Seal, place: &[u8], turn: &Turn) -> Result<String> {
    let text = serde_json::to_vec(turn).map_err(Problem::internal)?;
    let sealed = keys.seal(place, &text).map_err(Problem::internal)?;
    Ok(fast32::base64::RFC4648_URL_NOPAD.encode(&sealed))
}

/// The items of a page and the cursors to its neighbours.
pub struct Items<T> {
    /// The items.
    pub items: Vec<T>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Cursor of the page before.
    pub prev: Option<String>,
}

/// Declares the body of a page: generated clients want a name for each.
#[macro_export]
macro_rules! page_of {
    ($(#[$doc:meta])* $name:ident of $item:ident) => {
        $(#[$doc])*
        #[derive(serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// The items, in the list's order.
            #[schema(max_items = 100)]
            items: Vec<$item>,
            /// Cursor of the next page; null on the last.
            #[schema(required = true, max_length = 1000)]
            next: Option<String>,
            /// Cursor of the page before; null on the first.
            #[schema(required = true, max_length = 1000)]
            prev: Option<String>,
        }
        impl From<$crate::api::page::Items<$item>> for $name {
            fn from(page: $crate::api::page::Items<$item>) -> Self {
                Self { items: page.items, next: page.next, prev: page.prev }
            }
        }
    };
}

/// The query of a list without filters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    pub limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
