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

impl<K> Seek<K> {
    /// The same start by other keys.
    pub fn map<L>(&self, f: impl FnOnce(&K) -> L) -> Seek<L> {
        match self {
            Self::First => Seek::First,
            Self::After(key) => Seek::After(f(key)),
            Self::Before(key) => Seek::Before(f(key)),
        }
    }
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

impl Page<usize> {
    /// The page of `total` rows that are kept in memory and whose keys are 1, 2, 3 and so on: their indexes.
    pub fn numbered(seek: &Seek<usize>, limit: i64, total: usize) -> Self {
        let wanted = usize::try_from(limit).unwrap_or(0);
        let (from, to) = match seek {
            Seek::First => (0, wanted),
            Seek::After(key) => (*key, key.saturating_add(wanted)),
            Seek::Before(key) => (key.saturating_sub(1).saturating_sub(wanted), key.saturating_sub(1)),
        };
        let (from, to) = (from.min(total), to.min(total));
        Self { items: (from..to).collect(), before: from > 0, after: to < total }
    }
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
