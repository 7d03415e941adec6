//! The worker that carries imports to their end, one after the other.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::ops::{Service, import};

/// A handle to the worker of this process.
#[derive(Clone, Debug)]
pub struct Imports {
    bell: Arc<Notify>,
}

impl Imports {
    /// Starts the worker. It begins with what an earlier process has left.
    pub fn start(service: Service) -> Self {
        let bell = Arc::new(Notify::new());
        let rung = bell.clone();
        // The task ends with the runtime; an import it leaves half done goes on at the next start.
        tokio::spawn(async move {
            loop {
                let service = service.clone();
                match tokio::task::spawn_blocking(move || work(&service)).await {
                    Ok(()) => {}
                    Err(error) => tracing::error!(%error, "the import worker failed"),
                }
                rung.notified().await;
            }
        });
        Self { bell }
    }

    /// Tells the worker that something waits.
    pub fn wake(&self) {
        self.bell.notify_one();
    }
}

fn work(service: &Service) {
    let waiting = match import::waiting(service) {
        Ok(waiting) => waiting,
        Err(error) => return tracing::error!(%error, "imports cannot be looked for"),
    };
    for id in waiting {
        match import::run(service, id, &|_, _| {}) {
            Ok(job) => tracing::info!(import = %id, state = job.state.as_str(), rows = job.rows_total, "import ended"),
            Err(error) => tracing::error!(import = %id, %error, "import interrupted; it goes on at the next start"),
        }
    }
}
