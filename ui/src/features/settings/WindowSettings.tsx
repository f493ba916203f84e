import { Radio, Stack, useMantineColorScheme } from "@mantine/core";
import { Facts, Section } from "../../components/Facts";
import { useSignedIn } from "../../components/ledger_context";
import { PageHeader } from "../../components/PageHeader";
import { Scroll } from "../../components/Scroll";
import { Tabs } from "../../components/Tabs";
import { SETTING_TABS } from "./Settings";

/** What belongs to this window and machine, not to the ledger. */
export function WindowSettings() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { session, ledger } = useSignedIn();
  return (
    <>
      <PageHeader title="This window" state="Kept on this machine, not in the ledger." />
      <Tabs name="Settings" tabs={SETTING_TABS} />
      <Scroll>
        <Section title="Appearance">
          <Radio.Group
            aria-label="Appearance"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as "auto" | "light" | "dark")}
          >
            <Stack gap={8} mt={8}>
              <Radio value="auto" label="As the system" />
              <Radio value="light" label="Light" />
              <Radio value="dark" label="Dark" />
            </Stack>
          </Radio.Group>
        </Section>
        <Section title="Ledger">
          <Facts
            facts={[
              ["Folder", ledger.path],
              ["Business time zone", ledger.time_zone],
              [
                "Locks when idle",
                ledger.idle_lock_minutes > 0
                  ? `after ${ledger.idle_lock_minutes} minutes`
                  : "never",
              ],
              ["Version", session.app_version],
              ["Typeface", "Inter, under the SIL Open Font License 1.1 (fonts/Inter-OFL.txt)"],
            ]}
          />
        </Section>
      </Scroll>
    </>
  );
}
