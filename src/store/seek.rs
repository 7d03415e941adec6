//! Pages by key: where a page starts, and how a query is cut there.

/// Where a page starts, in the order of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Seek<K> {
    /// At the beginning.
    #[default]
    First,
    /// Behind this key.
    After(K),
    /// In front of this key.
    Before(K),
}

/// A page, and whether there is more on either side.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub items: Vec<T>,
    /// Whether rows stand in front of them.
    pub before: bool,
    /// Whether rows stand behind them.
    pub after: bool,
}

impl<T> Page<T> {
    /// Makes a page of what a query cut by [`cut`] gave: up to one row more than asked for, backwards if it was sought
    /// backwards.
    pub(super) fn of<K>(seek: &Seek<K>, limit: i64, mut rows: Vec<T>) -> Self {
        let wanted = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        match seek {
            Seek::First => Self { items: rows, before: false, after: more },
            Seek::After(_) => Self { items: rows, before: true, after: more },
            Seek::Before(_) => {
                rows.reverse();
                Self { items: rows, before: more, after: true }
            }
        }
    }

    /// The same page of other things.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), before: self.before, after: self.after }
    }

    /// The same page of other things, unless one of them fails.
    ///
    /// # Errors
    /// The first failure of `f`.
    pub fn try_map<U, E>(self, f: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let items = self.items.into_iter().map(f).collect::<Result<_, _>>()?;
        Ok(Page { items, before: self.before, after: self.after })
    }
}

/// Cuts a boxed query at a key column, ascending or descending, loads it, and makes a [`Page`].
macro_rules! cut {
    ($conn:expr, $query:expr, $key:expr, ascending, $seek:expr, $limit:expr) => {{
        let (query, limit) = ($query.limit($limit + 1), $limit);
        let rows = match $seek {
            Seek::First => query.order($key.asc()).load($conn)?,
            Seek::After(key) => query.filter($key.gt(key.clone())).order($key.asc()).load($conn)?,
            Seek::Before(key) => query.filter($key.lt(key.clone())).order($key.desc()).load($conn)?,
        };
        $crate::store::seek::Page::of($seek, limit, rows)
    }};
    ($conn:expr, $query:expr, $key:expr, descending, $seek:expr, $limit:expr) => {{
        let (query, limit) = ($query.limit($limit + 1), $limit);
        let rows = match $seek {
            Seek::First => query.order($key.desc()).load($conn)?,
            Seek::After(key) => query.filter($key.lt(key.clone())).order($key.desc()).load($conn)?,
            Seek::Before(key) => query.filter($key.gt(key.clone())).order($key.asc()).load($conn)?,
        };
        $crate::store::seek::Page::of($seek, limit, rows)
    }};
}
pub(super) use cut;
