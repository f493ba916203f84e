import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { SignedInProvider } from "./components/ledger_context";
import { SessionGate } from "./features/session/SessionGate";
import { makeQueryClient } from "./ipc/hooks";
import { makeRouter } from "./routes";
import { cssVariables, theme } from "./theme";

export function App() {
  const [client] = useState(makeQueryClient);
  const [router] = useState(makeRouter);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={cssVariables}>
      <Notifications position="bottom-left" transitionDuration={100} autoClose={5000} />
      <QueryClientProvider client={client}>
        <SessionGate>
          {(signedIn) => (
            <SignedInProvider value={signedIn}>
              <RouterProvider router={router} />
            </SignedInProvider>
          )}
        </SessionGate>
      </QueryClientProvider>
    </MantineProvider>
  );
}
