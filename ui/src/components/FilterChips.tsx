import { Button, CloseButton, Menu, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import classes from "./FilterChips.module.css";

export type Chip = { key: string; words: string; onRemove: () => void };
export type FilterChoice = {
  label: string;
  options: { label: string; onPick: () => void }[];
};

type Props = {
  chips: Chip[];
  choices: FilterChoice[];
  text?: { value: string; label: string; onChange: (text: string) => void };
};

/** Filters that say in words what they do, each removable, with one menu to add more. */
export function FilterChips({ chips, choices, text }: Props) {
  return (
    <>
      {text ? <FilterText {...text} /> : null}
      {chips.map((chip) => (
        <span key={chip.key} className={classes.chip}>
          {chip.words}
          <CloseButton
            size="xs"
            aria-label={`Remove filter: ${chip.words}`}
            onClick={chip.onRemove}
          />
        </span>
      ))}
      {choices.length > 0 ? (
        <Menu position="bottom-start" withinPortal>
          <Menu.Target>
            <Button variant="subtle" size="compact-sm">
              Add filter
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
            {choices.map((choice, index) => [
              index > 0 ? <Menu.Divider key={`${choice.label}-line`} /> : null,
              <Menu.Label key={choice.label}>{choice.label}</Menu.Label>,
              ...choice.options.map((option) => (
                <Menu.Item key={`${choice.label}-${option.label}`} onClick={option.onPick}>
                  {option.label}
                </Menu.Item>
              )),
            ])}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </>
  );
}

function FilterText({ value, label, onChange }: NonNullable<Props["text"]>) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  useEffect(() => {
    if (draft === value) {
      return;
    }
    const wait = setTimeout(() => onChange(draft), 200);
    return () => clearTimeout(wait);
  }, [draft, value, onChange]);
  return (
    <TextInput
      data-filter-input
      size="xs"
      w={220}
      aria-label={label}
      placeholder={label}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          setDraft("");
          event.currentTarget.blur();
        }
      }}
    />
  );
}
