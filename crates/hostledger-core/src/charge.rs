//! Bookings that name the same card payment: moved, the same seat twice, or seats of one cart
//! (docs/domain.md §3).

use crate::booking::BookingStatus;

/// A booking as far as sharing its payment goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// The export's status.
    pub status: BookingStatus,
    /// R in minor units.
    pub refunded_minor: i64,
    /// A dispute of it stands: its money is asked for, whoever carries the charge now.
    pub disputed: bool,
}

impl Carrier {
    /// Cancelled without a refund: its money is still somewhere.
    #[must_use]
    pub fn leaves_its_money(&self) -> bool {
        self.status == BookingStatus::Cancelled && self.refunded_minor == 0 && !self.disputed
    }

    /// Whether it can carry the money of another.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !matches!(
            self.status,
            BookingStatus::Cancelled | BookingStatus::HostCancelled
        )
    }

    /// Whether the booking was moved: it left its money, and another booking carries the charge. It
    /// is as if it had never been captured.
    #[must_use]
    pub fn is_moved<'a>(&self, mut others: impl Iterator<Item = &'a Self>) -> bool {
        self.leaves_its_money() && others.any(Self::is_live)
    }
}

/// One seat of one conversation; an empty participant equals an empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat<'a> {
    /// The conversation's id.
    pub conversation_id: &'a str,
    /// The participant's id.
    pub participant_id: &'a str,
}

/// Whether a new row that names the charge of a known booking is that seat once more, which a
/// person must decide, rather than a booking that was moved, or another seat of a cart.
#[must_use]
pub fn is_same_again(new: (&Carrier, Seat<'_>), known: (&Carrier, Seat<'_>)) -> bool {
    let moved =
        new.0.is_moved(std::iter::once(known.0)) || known.0.is_moved(std::iter::once(new.0));
    !moved && new.1 == known.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use BookingStatus as B;

    fn carrier(status: B, refunded_minor: i64) -> Carrier {
        Carrier {
            status,
            refunded_minor,
            disputed: false,
        }
    }

    fn seat<'a>(conversation_id: &'a str, participant_id: &'a str) -> Seat<'a> {
        Seat {
            conversation_id,
            participant_id,
        }
    }

    #[test]
    fn a_cancelled_booking_without_refund_is_moved_where_a_live_one_has_its_charge() {
        let left = carrier(B::Cancelled, 0);
        for status in B::ALL {
            let live = !matches!(status, B::Cancelled | B::HostCancelled);
            let other = carrier(status, 0);
            assert_eq!(left.is_moved(std::iter::once(&other)), live, "{status:?}");
        }
        let other = carrier(B::Completed, 0);
        assert!(!carrier(B::Cancelled, 500).is_moved(std::iter::once(&other)));
        assert!(!carrier(B::HostCancelled, 0).is_moved(std::iter::once(&other)));
        let disputed = Carrier {
            disputed: true,
            ..left
        };
        assert!(!disputed.is_moved(std::iter::once(&other)));
        assert!(!left.is_moved(std::iter::empty()));
    }

    #[test]
    fn the_same_seat_is_asked_about_and_a_cart_is_not() {
        let (done, left) = (carrier(B::Completed, 0), carrier(B::Cancelled, 0));
        let same =
            |a: &Carrier, s: Seat<'_>, b: &Carrier, t: Seat<'_>| is_same_again((a, s), (b, t));
        assert!(same(&done, seat("c1", "p1"), &done, seat("c1", "p1")));
        assert!(same(&done, seat("c1", ""), &done, seat("c1", "")));
        assert!(!same(&done, seat("c1", "p1"), &done, seat("c1", "p2")));
        assert!(!same(&done, seat("c1", "p1"), &done, seat("c2", "p1")));
        assert!(
            !same(&done, seat("c1", "p1"), &left, seat("c1", "p1")),
            "moved"
        );
        assert!(
            !same(&left, seat("c1", "p1"), &done, seat("c1", "p1")),
            "moved"
        );
        assert!(same(&left, seat("c1", "p1"), &left, seat("c1", "p1")));
    }
}
