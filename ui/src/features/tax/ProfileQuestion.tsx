import { Button, Group } from "@mantine/core";
import { ErrorNotice, Notice } from "../../components/Notice";
import { toast } from "../../components/toast";
import type { TaxQuestion, TaxSaying } from "../../ipc";
import { useAct } from "../../ipc/hooks";

type Props = { hostId: string; year: number; question: TaxQuestion; may: boolean };

/** What a tax profile asks before a form of the year can be made, with its answers. */
export function ProfileQuestion({ hostId, year, question, may }: Props) {
  const act = useAct("answer_tax_question");
  return (
    <Notice tone="amber">
      <p>{question.sentence}</p>
      {may ? (
        <Group gap={8} mt={8}>
          {answersTo(question).map(({ says, label }) => (
            <Button
              key={says}
              variant="default"
              size="xs"
              loading={act.isPending}
              onClick={() =>
                act.mutate(
                  { host_id: hostId, year, says },
                  { onSuccess: () => toast("The answer is kept, and the same isn't asked again.") },
                )
              }
            >
              {label}
            </Button>
          ))}
        </Group>
      ) : null}
      <ErrorNotice error={act.error} />
    </Notice>
  );
}

function answersTo(question: TaxQuestion): { says: TaxSaying; label: string }[] {
  if (question.kind === "PAYEE_CHANGED") {
    return [
      { says: "ONE_PAYEE", label: "It is one payee" },
      { says: "NEW_PAYEE", label: "It is a new payee: two forms" },
    ];
  }
  return [
    { says: "SWAP_NAME", label: `It is ${question.swapped}` },
    { says: "KEEP_NAME", label: "It is right as it is" },
  ];
}
