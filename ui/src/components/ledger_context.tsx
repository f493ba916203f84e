import { createContext, type ReactNode, useContext } from "react";
import type { LedgerInfo, Permission, Session, SignedInUser } from "../ipc";

export type SignedIn = { session: Session; ledger: LedgerInfo; user: SignedInUser };

const SignedInContext = createContext<SignedIn | null>(null);

export function SignedInProvider({ value, children }: { value: SignedIn; children: ReactNode }) {
  return <SignedInContext.Provider value={value}>{children}</SignedInContext.Provider>;
}

/** The open ledger and who is signed in. Only below the sign-in. */
export function useSignedIn(): SignedIn {
  const value = useContext(SignedInContext);
  if (!value) {
    throw new Error("useSignedIn stands above the sign-in");
  }
  return value;
}

export function useTimeZone(): string {
  return useContext(SignedInContext)?.ledger.time_zone ?? "UTC";
}

export function useMay(permission: Permission): boolean {
  return useSignedIn().user.may.includes(permission);
}
