//! Work that blocks a thread: database calls and computation.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::codes::Code;
use super::problem::{Problem, Result};

/// A bounded right to block threads: as many at once as there is something to work with (connections of a
/// pool, cores), a bounded wait for a place, and 503 beyond it. So a queue never grows without end.
#[derive(Clone, Debug)]
pub struct Workers {
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Workers {
    /// At most `places` at once; a request waits at most `patience` for one.
    pub fn new(places: usize, patience: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), patience }
    }

    /// Runs `work` on a thread that may block, inside the caller's tracing span. A panic in it goes on here.
    /// When the client has gone, the work still ends: a thread cannot be stopped.
    ///
    /// # Errors
    /// `overloaded` when no place came free in time.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Problem::new(Code::Overloaded);
        let waiting = tokio::time::timeout(self.patience, self.places.clone().acquire_owned());
        // The semaphore is never closed; if it were, there would be no place either.
        let place = waiting.await.map_err(|_elapsed| busy())?.map_err(|_closed| busy())?;
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            span.in_scope(work)
        });
        match done.await {
            Ok(value) => Ok(value),
            Err(e) => match e.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(cancelled) => Err(Problem::internal(cancelled)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn waits_a_bounded_time_for_a_place() {
        let workers = Workers::new(1, Duration::from_millis(20));
        let (release, held) = mpsc::channel::<()>();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let workers = workers.clone();
            async move {
                workers
                    .run(move || {
                        started.send(()).unwrap();
                        held.recv().unwrap();
                        1
                    })
                    .await
            }
        });
        has_started.await.unwrap();
        assert_eq!(workers.run(|| 2).await.unwrap_err().code(), Code::Overloaded);
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap().unwrap(), 1);
        assert_eq!(workers.run(|| 3).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn a_panic_goes_on_in_the_caller_and_frees_the_place() {
        let workers = Workers::new(1, Duration::from_secs(5));
        let inner = workers.clone();
        let panicked = tokio::spawn(async move { inner.run(|| std::panic::panic_any(7_u8)).await }).await.unwrap_err();
        assert_eq!(panicked.into_panic().downcast_ref::<u8>(), Some(&7));
        assert_eq!(workers.run(|| 1).await.unwrap(), 1);
    }
}
