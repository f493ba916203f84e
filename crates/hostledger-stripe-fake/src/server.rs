//! The server, on a thread and runtime of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;

use axum::Router;
use tokio::sync::oneshot;

use crate::control::Control;
use crate::hub::Shared;
use crate::wire::{Fate, Wires};
use crate::{control_http, handle};

/// A stand-in for Stripe on loopback. It stops when it is dropped; requests under way end there.
///
/// The methods of [`Control`] can be called on it.
#[derive(Debug)]
pub struct FakeStripe {
    address: SocketAddr,
    control: Control,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl FakeStripe {
    /// Starts one at a free port.
    ///
    /// # Panics
    /// Where the port can't be had or no thread be made.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at(0)
    }

    /// Starts one at a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Panics
    /// As [`FakeStripe::start`].
    #[must_use]
    pub fn start_at(port: u16) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .expect("the stand-in for Stripe needs a port on 127.0.0.1");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let control = Control::default();
        let (stop, stopped) = oneshot::channel();
        let shared = control.shared();
        let thread = std::thread::Builder::new()
            .name("stripe-fake".to_owned())
            .spawn(move || serve(listener, shared, stopped))
            .expect("a thread for the stand-in for Stripe");
        Self {
            address,
            control,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Its address, with a slash at the end and without `v1`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Its control. A clone of it may go to another thread.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }
}

impl std::ops::Deref for FakeStripe {
    type Target = Control;

    fn deref(&self) -> &Control {
        &self.control
    }
}

impl Drop for FakeStripe {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}

fn serve(listener: std::net::TcpListener, shared: Shared, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("stripe-fake-worker")
        .enable_all()
        .build()
        .expect("a runtime for the stand-in for Stripe");
    runtime.block_on(async {
        listener
            .set_nonblocking(true)
            .expect("a socket that doesn't block");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a socket for tokio");
        let router = Router::new()
            .nest("/_fake", control_http::router())
            .fallback(handle::stripe)
            .with_state(shared);
        let service = router.into_make_service_with_connect_info::<Fate>();
        let server = std::future::IntoFuture::into_future(axum::serve(Wires(listener), service));
        tokio::select! {
            _ = server => {}
            _ = stopped => {}
        }
    });
    // Requests that hang don't keep it from ending.
    runtime.shutdown_background();
}
