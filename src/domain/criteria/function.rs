//! Reading value functions: their members, and what makes each of them a function.

use serde_json::{Map, Value};

use super::ValueFunction;
use super::fault::{Faults, Pointer};
use crate::domain::decimal::Decimal;

impl Faults {
    /// A value function: an object of one of eight kinds.
    pub fn value_function(&mut self, value: &Value, at: &Pointer) -> Option<ValueFunction> {
        const KINDS: [&str; 8] = ["linear", "log", "points", "steps", "range", "target", "table", "overlap"];
        let Value::Object(object) = value else {
            self.wrong_type(at, "objek dengan \"kind\"", "an object with a \"kind\"");
            return None;
        };
        let kind = self.required(object, at, "kind");
        let kind = kind.and_then(|kind| self.code(kind, &at.member("kind"), &KINDS, |kind| kind));
        let members: &[&str] = match kind {
            Some("linear" | "log") => &["kind", "from", "to"],
            Some("points" | "range") => &["kind", "points"],
            Some("steps") => &["kind", "breaks", "values"],
            Some("target") => &["kind", "at", "from", "to"],
            Some("table") => &["kind", "values", "other"],
            Some(_) => &["kind", "values"],
            // Those of all kinds.
            None => &["kind", "from", "to", "points", "breaks", "values", "at", "other"],
        };
        self.object(value, at, members)?;
        match kind? {
            "linear" => {
                let (from, to) = self.ends(object, at)?;
                Some(ValueFunction::Linear { from, to })
            }
            "log" => self.log(object, at),
            "points" => self.points(object, at),
            "steps" => self.steps(object, at),
            "range" => self.trapezoid(object, at),
            "target" => self.target(object, at),
            "table" => self.table(object, at),
            _ => {
                let values = self.required(object, at, "values")?;
                let at = at.member("values");
                let values = self.some(values, &at)?;
                self.every(values, &at, Faults::text).map(ValueFunction::Overlap)
            }
        }
    }

    fn number(&mut self, object: &Map<String, Value>, at: &Pointer, name: &str) -> Option<Decimal> {
        let value = self.required(object, at, name)?;
        self.decimal(value, &at.member(name))
    }

    /// `from` and `to`, which must differ.
    fn ends(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<(Decimal, Decimal)> {
        let (from, to) = (self.number(object, at, "from"), self.number(object, at, "to"));
        self.different(from?, to?, at)
    }

    fn different(&mut self, from: Decimal, to: Decimal, at: &Pointer) -> Option<(Decimal, Decimal)> {
        if from == to {
            self.add(
                at,
                "zero_range",
                "\"from\" dan \"to\" sama, sehingga semua usaha bernilai sama. Bedakan keduanya.",
                "\"from\" and \"to\" are equal, so nothing tells ventures apart. Make them differ.",
            );
            return None;
        }
        Some((from, to))
    }

    fn log(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<ValueFunction> {
        let [(from, ln_from), (to, ln_to)] = ["from", "to"].map(|name| {
            let end = self.number(object, at, name);
            let is_above_zero = end.is_none_or(|end| end > Decimal::ZERO);
            if !is_above_zero {
                let (id, en) = ("Logaritma perlu angka di atas 0.", "A logarithm needs a number above 0.");
                self.add(&at.member(name), "out_of_range", id, en);
            }
            (end, end.filter(|_| is_above_zero).map(|end| libm::log(end.to_f64())))
        });
        let (from, to) = self.different(from?, to?, at)?;
        // The engine divides by the difference of these very logarithms.
        if ln_from? == ln_to? {
            self.add(
                at,
                "zero_range",
                "\"from\" dan \"to\" terlalu berdekatan: logaritma keduanya sama. Jauhkan keduanya, atau pakai \"linear\".",
                "\"from\" and \"to\" are too close: their logarithms are equal. Move them apart, or use \"linear\".",
            );
            return None;
        }
        Some(ValueFunction::Log { from, to })
    }

    fn points(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<ValueFunction> {
        let value = self.required(object, at, "points")?;
        let at = at.member("points");
        let list = self.list(value, &at)?;
        if list.is_empty() {
            self.add(&at, "empty", "Isi paling sedikit satu titik.", "Give at least one point.");
            return None;
        }
        let mut points = Vec::new();
        for (i, point) in list.iter().enumerate() {
            let at = at.element(i);
            match point {
                Value::Array(pair) if pair.len() == 2 => {
                    let x = self.decimal(&pair[0], &at.element(0));
                    let v = self.decimal_within(&pair[1], &at.element(1), Decimal::ZERO, Decimal::ONE);
                    points.push((x, v));
                }
                _ => {
                    self.wrong_type(&at, "dua angka: [x, nilai]", "two numbers: [x, value]");
                    points.push((None, None));
                }
            }
        }
        let xs: Vec<_> = points.iter().map(|(x, _)| *x).collect();
        let increasing = self.increasing(&xs, &at, |at, i| at.element(i).element(0));
        let points: Option<Vec<_>> = points.into_iter().map(|(x, v)| x.zip(v)).collect();
        points.filter(|_| increasing).map(ValueFunction::Points)
    }

    /// Notes the places where a list does not strictly increase.
    fn increasing(&mut self, xs: &[Option<Decimal>], at: &Pointer, place: fn(&Pointer, usize) -> Pointer) -> bool {
        let mut good = true;
        for (i, pair) in xs.windows(2).enumerate() {
            if let [Some(a), Some(b)] = pair
                && a >= b
            {
                self.not_increasing(&place(at, i + 1));
                good = false;
            }
        }
        good
    }

    fn steps(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<ValueFunction> {
        let (breaks, values) = (self.required(object, at, "breaks"), self.required(object, at, "values"));
        let (breaks_at, values_at) = (at.member("breaks"), at.member("values"));
        let breaks = breaks.and_then(|v| self.list(v, &breaks_at)).map(|list| {
            list.iter().enumerate().map(|(i, v)| self.decimal(v, &breaks_at.element(i))).collect::<Vec<_>>()
        });
        let values = values.and_then(|v| self.list(v, &values_at)).and_then(|list| {
            self.every(list, &values_at, |f, v, at| f.decimal_within(v, at, Decimal::ZERO, Decimal::ONE))
        });
        let increasing = breaks.as_ref().is_some_and(|b| self.increasing(b, &breaks_at, |at, i| at.element(i)));
        let breaks: Option<Vec<_>> = breaks?.into_iter().collect();
        let (breaks, values) = (breaks?, values?);
        if values.len() != breaks.len() + 1 {
            self.add(
                &values_at,
                "wrong_length",
                format!("Perlu {} nilai: satu lebih banyak daripada \"breaks\".", breaks.len() + 1),
                format!("Needs {} values: one more than \"breaks\".", breaks.len() + 1),
            );
            return None;
        }
        increasing.then_some(ValueFunction::Steps { breaks, values })
    }

    fn trapezoid(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<ValueFunction> {
        let value = self.required(object, at, "points")?;
        let at = at.member("points");
        let list = self.list(value, &at)?;
        let points = self.every(list, &at, Faults::decimal)?;
        let Ok(points) = <[Decimal; 4]>::try_from(points) else {
            self.add(&at, "wrong_length", "Perlu empat angka: [a, b, c, d].", "Needs four numbers: [a, b, c, d].");
            return None;
        };
        if !points.is_sorted() {
            self.not_increasing(&at);
            return None;
        }
        Some(ValueFunction::Range(points))
    }

    fn target(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<ValueFunction> {
        let best = self.number(object, at, "at");
        let (from, to) = self.ends(object, at)?;
        if from > to {
            self.add(
                at,
                "not_increasing",
                "\"from\" harus di bawah \"to\": keduanya hanya menentukan lebar skala.",
                "\"from\" must be below \"to\": they only give the width of the scale.",
            );
            return None;
        }
        Some(ValueFunction::Target { at: best?, from, to })
    }

    fn table(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<ValueFunction> {
        let other = self.required(object, at, "other");
        let other = other.and_then(|v| self.decimal_within(v, &at.member("other"), Decimal::ZERO, Decimal::ONE));
        let values = self.required(object, at, "values")?;
        let at = at.member("values");
        let Value::Object(values) = values else {
            self.wrong_type(&at, "objek kode → nilai", "an object of code → value");
            return None;
        };
        let mut read = Vec::new();
        for (code, value) in values {
            let at = at.member(code);
            let value = self.decimal_within(value, &at, Decimal::ZERO, Decimal::ONE);
            read.push(value.map(|value| (code.clone(), value)));
        }
        let values: Option<Vec<_>> = read.into_iter().collect();
        let (mut values, other) = (values?, other?);
        values.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Some(ValueFunction::Table { values, other })
    }
}
