import { Button } from "@mantine/core";
import { UserForm } from "../settings/UserForm";
import { Screen } from "./Screen";

type Props = { userName: string; onDone: () => void };

/** First run: nothing can be approved by one person alone, and the screen says so. */
export function SecondPerson({ userName, onDone }: Props) {
  return (
    <Screen
      title="Add the second person"
      lead={`Whoever prepares a batch never approves it. While ${userName} is alone, batches can be prepared but nothing can be approved or paid. The second person chooses a passphrase of their own, here on this machine.`}
    >
      <UserForm
        suggestedRoles={["APPROVER"]}
        submit="Add this person"
        onDone={onDone}
        aside={
          <Button variant="subtle" onClick={onDone}>
            Later, in Settings
          </Button>
        }
      />
    </Screen>
  );
}
