//! Connections that can be broken on purpose.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

const WHOLE: u8 = 0;
const CLOSED: u8 = 1;
const CUT: u8 = 2;

/// What becomes of the next answer on a connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fate(Arc<AtomicU8>);

impl Fate {
    /// It isn't sent; the connection is closed.
    pub(crate) fn close(&self) {
        self.0.store(CLOSED, Ordering::SeqCst);
    }

    /// The head and half of the body are sent, then a TCP reset.
    pub(crate) fn cut(&self) {
        self.0.store(CUT, Ordering::SeqCst);
    }
}

/// A listener whose connections have a fate.
pub(crate) struct Wires(pub(crate) TcpListener);

/// A connection and its fate.
pub(crate) struct Wire {
    stream: TcpStream,
    fate: Fate,
}

impl Listener for Wires {
    type Io = Wire;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Wire, Self::Addr) {
        loop {
            match self.0.accept().await {
                Ok((stream, from)) => {
                    // Without it small answers wait for the client's acknowledgement.
                    let _ = stream.set_nodelay(true);
                    let fate = Fate::default();
                    return (Wire { stream, fate }, from);
                }
                // Out of file handles, most likely: some connection will end.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Wires>> for Fate {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.io().fate.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.fate.0.load(Ordering::SeqCst) {
            WHOLE => Pin::new(&mut self.stream).poll_write(context, bytes),
            CUT => {
                // Head and body come in one piece, as vectored writes aren't offered.
                let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
                let body = head.map_or(0, |at| at + 4);
                let half = &bytes[..body + (bytes.len() - body) / 2];
                match Pin::new(&mut self.stream).poll_write(context, half) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(result) => result?,
                };
                // Closing now sends a reset instead of an orderly end.
                self.stream.set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            _ => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
