import { useEffect, useRef } from "react";

const SIGNS_OF_LIFE = ["mousedown", "mousemove", "keydown", "wheel"] as const;

/** Locks after so many minutes without mouse or keyboard. 0: never. A running job goes on. */
export function useIdleLock(minutes: number, lock: () => void): void {
  const latest = useRef(lock);
  latest.current = lock;
  useEffect(() => {
    if (minutes <= 0) {
      return;
    }
    let lastSign = Date.now();
    const alive = () => {
      lastSign = Date.now();
    };
    for (const sign of SIGNS_OF_LIFE) {
      window.addEventListener(sign, alive, { passive: true });
    }
    const watch = setInterval(() => {
      if (Date.now() - lastSign >= minutes * 60_000) {
        latest.current();
        alive();
      }
    }, 5_000);
    return () => {
      clearInterval(watch);
      for (const sign of SIGNS_OF_LIFE) {
        window.removeEventListener(sign, alive);
      }
    };
  }, [minutes]);
}
