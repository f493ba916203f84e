import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import type { LedgerColumn } from "./LedgerTable";
import type { StoredColumns } from "./table_storage";

type Props<Row> = { columns: LedgerColumn<Row>[]; stored: StoredColumns };

export function ColumnChooser<Row>({ columns, stored }: Props<Row>) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          style={{ color: "var(--ink-quiet)" }}
        >
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns shown">
        <Stack gap={6}>
          {columns.map((column, index) => (
            <Checkbox
              key={column.id}
              size="xs"
              label={column.header}
              disabled={index === 0}
              checked={stored.visibility[column.id] !== false}
              onChange={(event) => {
                const shown = event.currentTarget.checked;
                stored.setVisibility((before) => ({ ...before, [column.id]: shown }));
              }}
            />
          ))}
          <Button variant="subtle" size="compact-xs" onClick={stored.reset}>
            As shipped
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
