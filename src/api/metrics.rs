//! Counters of the service, kept by hand and printed in the Prometheus text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use actix_web::http::StatusCode;

use super::codes::Code;

/// Upper bounds of the latency buckets, seconds.
const BOUNDS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The operation of what has none: pages and unknown paths.
const OTHER: &str = "other";

/// Counters. One a process.
#[derive(Debug)]
pub struct Metrics {
    operations: BTreeMap<String, Series>,
    problems: Vec<AtomicU64>,
    in_flight: AtomicI64,
}

#[derive(Debug, Default)]
struct Series {
    /// By the first digit of the status, 1 to 5.
    classes: [AtomicU64; 6],
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Metrics {
    /// Counters for these operations.
    pub fn new<'a>(operations: impl Iterator<Item = &'a str>) -> Self {
        Self {
            operations: operations.chain([OTHER]).map(|id| (id.to_owned(), Series::default())).collect(),
            problems: Code::ALL.iter().map(|_| AtomicU64::new(0)).collect(),
            in_flight: AtomicI64::new(0),
        }
    }

    /// Counts a request as begun, until the guard is dropped.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Relaxed);
        InFlight(self)
    }

    /// Requests on their way.
    pub fn in_flight(&self) -> i64 {
        self.in_flight.load(Relaxed)
    }

    /// Counts an answered request.
    pub(crate) fn answered(&self, operation: Option<&str>, status: StatusCode, took: Duration) {
        let Some(series) = self.operations.get(operation.unwrap_or(OTHER)) else { return };
        if let Some(class) = series.classes.get(usize::from(status.as_u16() / 100)) {
            class.fetch_add(1, Relaxed);
        }
        let seconds = took.as_secs_f64();
        if let Some(bucket) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            series.buckets[bucket].fetch_add(1, Relaxed);
        }
        series.count.fetch_add(1, Relaxed);
        series.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    /// Counts a problem.
    pub(crate) fn problem(&self, code: Code) {
        self.problems[code as usize].fetch_add(1, Relaxed);
    }

    /// The text that a Prometheus server reads.
    pub fn print(&self) -> String {
        let mut out = String::with_capacity(16 << 10);
        // Writing to a String cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "# TYPE sedaya_build_info gauge\nsedaya_build_info{{version=\"{}\"}} 1",
            env!("CARGO_PKG_VERSION")
        )?;
        writeln!(
            out,
            "# TYPE sedaya_requests_in_flight gauge\nsedaya_requests_in_flight {}",
            self.in_flight.load(Relaxed)
        )?;
        writeln!(out, "# TYPE sedaya_requests_total counter")?;
        for (id, series) in self.used() {
            for (class, count) in series.classes.iter().enumerate().filter(|(_, c)| c.load(Relaxed) > 0) {
                let count = count.load(Relaxed);
                writeln!(out, "sedaya_requests_total{{operation=\"{id}\",status=\"{class}xx\"}} {count}")?;
            }
        }
        writeln!(out, "# TYPE sedaya_request_seconds histogram")?;
        for (id, series) in self.used() {
            let mut below = 0;
            for (bound, bucket) in BOUNDS.iter().zip(&series.buckets) {
                below += bucket.load(Relaxed);
                writeln!(out, "sedaya_request_seconds_bucket{{operation=\"{id}\",le=\"{bound}\"}} {below}")?;
            }
            let count = series.count.load(Relaxed);
            let micros = series.micros.load(Relaxed);
            writeln!(out, "sedaya_request_seconds_bucket{{operation=\"{id}\",le=\"+Inf\"}} {count}")?;
            writeln!(
                out,
                "sedaya_request_seconds_sum{{operation=\"{id}\"}} {}.{:06}",
                micros / 1_000_000,
                micros % 1_000_000
            )?;
            writeln!(out, "sedaya_request_seconds_count{{operation=\"{id}\"}} {count}")?;
        }
        writeln!(out, "# TYPE sedaya_problems_total counter")?;
        for code in Code::ALL {
            let count = self.problems[*code as usize].load(Relaxed);
            if count > 0 {
                writeln!(out, "sedaya_problems_total{{code=\"{}\"}} {count}", code.entry().code)?;
            }
        }
        Ok(())
    }

    fn used(&self) -> impl Iterator<Item = (&String, &Series)> {
        self.operations.iter().filter(|(_, series)| series.count.load(Relaxed) > 0)
    }
}

/// A request on its way.
pub(crate) struct InFlight<'a>(&'a Metrics);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_was_counted() {
        let metrics = Metrics::new(["listFields"].into_iter());
        let guard = metrics.begin();
        metrics.answered(Some("listFields"), StatusCode::OK, Duration::from_millis(3));
        metrics.answered(None, StatusCode::NOT_FOUND, Duration::from_secs(11));
        metrics.problem(Code::NotFound);
        let text = metrics.print();
        for line in [
            "sedaya_requests_in_flight 1",
            "sedaya_requests_total{operation=\"listFields\",status=\"2xx\"} 1",
            "sedaya_request_seconds_bucket{operation=\"listFields\",le=\"0.0025\"} 0",
            "sedaya_request_seconds_bucket{operation=\"listFields\",le=\"0.005\"} 1",
            "sedaya_request_seconds_sum{operation=\"listFields\"} 0.003000",
            "sedaya_request_seconds_bucket{operation=\"other\",le=\"10\"} 0",
            "sedaya_request_seconds_bucket{operation=\"other\",le=\"+Inf\"} 1",
            "sedaya_problems_total{code=\"not_found\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        drop(guard);
        assert!(metrics.print().contains("sedaya_requests_in_flight 0"));
    }
}
