import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useActions } from "../../components/actions";
import { DateText, InstantText } from "../../components/DateText";
import { Facts, Section } from "../../components/Facts";
import { Money } from "../../components/Money";
import { ErrorNotice, Notice } from "../../components/Notice";
import { RightDrawer } from "../../components/RightDrawer";
import { StatusBadge } from "../../components/StatusBadge";
import small from "../../components/small.module.css";
import type { TaxProfileDetail, TaxProfileRow, TaxProfileVersion } from "../../ipc";
import { useRead } from "../../ipc/hooks";
import { EN_DASH, formatCount } from "../../lib/money";
import { ProfileForm } from "./ProfileForm";
import { ProfileQuestion } from "./ProfileQuestion";
import { Crossing } from "./profile_columns";
import { NoticeForm, TaxNotices } from "./TaxNotices";
import { useTaxMay } from "./tax_desk";
import { STANDING } from "./tax_words";
import { WholeTin } from "./WholeTin";

type Props = { hostId: string; year: number; onClose: () => void };

/** A host's W-9 or W-8, the year's figures, notices of the IRS, and versions before. */
export function ProfileDrawer({ hostId, year, onClose }: Props) {
  const found = useRead("get_tax_profile", { host_id: hostId, year });
  const navigate = useNavigate();
  const may = useTaxMay();
  const [form, setForm] = useState<"PROFILE" | "NOTICE" | null>(null);
  const detail = found.data;
  const now = detail?.versions[0];
  const name = detail?.row?.host_name || now?.legal_name || hostId;
  const enter = now ? "Change" : "Enter a W-9 or W-8";
  useActions(
    may.prepare && detail
      ? [
          {
            label: now ? "Change this tax profile" : "Enter a W-9 or W-8",
            group: "This page",
            run: () => setForm("PROFILE"),
          },
          {
            label: "Record a notice of the IRS",
            group: "This page",
            run: () => setForm("NOTICE"),
          },
        ]
      : [],
  );
  return (
    <RightDrawer
      title={name}
      subtitle={`Tax profile of ${hostId}`}
      onClose={onClose}
      onFullPage={() => navigate({ to: "/hosts/$hostId", params: { hostId } })}
      footer={
        detail ? (
          <>
            <Button disabled={!may.prepare} onClick={() => setForm("PROFILE")}>
              {enter}
            </Button>
            <Button variant="default" disabled={!may.prepare} onClick={() => setForm("NOTICE")}>
              Record a notice…
            </Button>
          </>
        ) : null
      }
    >
      <ErrorNotice error={found.error} />
      {detail ? (
        <div className={found.isPlaceholderData ? "dimmed" : undefined}>
          {detail.questions.map((question) => (
            <ProfileQuestion
              key={question.kind}
              hostId={hostId}
              year={year}
              question={question}
              may={may.prepare}
            />
          ))}
          {detail.row?.lacks && detail.row.sentence !== detail.questions[0]?.sentence ? (
            <Notice tone="amber">
              <p>{detail.row.sentence}</p>
            </Notice>
          ) : null}
          {now ? (
            <Profile hostId={hostId} year={year} now={now} detail={detail} />
          ) : (
            <Section title="Profile">
              <p className="quiet">No W-9 or W-8 yet.</p>
            </Section>
          )}
          {detail.row ? <Figures row={detail.row} year={year} /> : null}
          <TaxNotices notices={detail.notices} />
          <Before versions={detail.versions.slice(1)} />
          <p style={{ marginTop: 16, display: "flex", gap: 16 }}>
            <Link to="/hosts/$hostId" params={{ hostId }}>
              Host
            </Link>
            <Link to="/tax/forms" search={{ year, text: hostId }}>
              Forms of {year}
            </Link>
          </p>
        </div>
      ) : null}
      {form === "PROFILE" && detail ? (
        <ProfileForm hostId={hostId} name={name} now={now ?? null} onClose={() => setForm(null)} />
      ) : null}
      {form === "NOTICE" ? (
        <NoticeForm hostId={hostId} name={name} onClose={() => setForm(null)} />
      ) : null}
    </RightDrawer>
  );
}

/** "12 Elm St, Apt 4, Montpelier, VT 05602, US", line by line. */
function addressOf(version: TaxProfileVersion): string[] {
  const city = [version.city, version.state].filter((part) => part !== "").join(", ");
  return [
    version.address_line1,
    version.address_line2,
    `${city} ${version.postal_code}`.trim(),
    version.country,
  ].filter((line) => line !== "");
}

function Profile(props: {
  hostId: string;
  year: number;
  now: TaxProfileVersion;
  detail: TaxProfileDetail;
}) {
  const { hostId, year, now, detail } = props;
  const row = detail.row;
  const address = addressOf(now);
  return (
    <Section title="Profile">
      <Facts
        facts={[
          ["Standing", row ? <StatusBadge key="standing" {...STANDING[row.standing]} /> : null],
          ["Form", now.form],
          ["Legal name", now.legal_name],
          ["Business name", now.business_name || null],
          [
            now.tin_type ? `TIN, ${now.tin_type}` : "TIN",
            <WholeTin
              key={`${now.recorded_at} ${now.tin}`}
              hostId={hostId}
              year={year}
              truncated={now.tin}
              may={detail.may_reveal}
            />,
          ],
          ["About the TIN", now.tin_problem],
          [
            "IRS match",
            row?.matched ? (
              <StatusBadge key="match" word={row.matched} tone={row.match_ok ? "green" : "amber"} />
            ) : null,
          ],
          [
            "Address",
            address.length === 0
              ? EN_DASH
              : address.map((line, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two lines of an address may be the same
                  <div key={`${index} ${line}`}>{line}</div>
                )),
          ],
          ["Signed on", <DateText key="signed" date={now.signed_on} />],
          [
            "Holds until",
            now.expires_on ? <DateText key="expires" date={now.expires_on} words /> : null,
          ],
          [
            "Recorded",
            <span key="recorded">
              {now.recorded_by}, <InstantText at={now.recorded_at} />,{" "}
              {now.from_file ? "from a file" : "by hand"}
            </span>,
          ],
        ]}
      />
    </Section>
  );
}

function Figures({ row, year }: { row: TaxProfileRow; year: number }) {
  return (
    <Section title={`Figures of ${year}`}>
      <Facts
        facts={[
          ["Gross", <Money key="gross" amount={row.gross} currency={row.currency} />],
          ["Transactions", formatCount(row.transactions)],
          [
            row.reached.length > 0 ? "Rules reached" : "Crosses the federal line",
            <Crossing key="crossing" row={row} />,
          ],
          ["Tax withheld", <Money key="withheld" amount={row.withheld} currency={row.currency} />],
        ]}
      />
      {row.reached.length === 0 && row.crosses_on ? (
        <p className="quiet small">If the rest of the year goes on as it began.</p>
      ) : null}
    </Section>
  );
}

function Before({ versions }: { versions: TaxProfileVersion[] }) {
  if (versions.length === 0) {
    return null;
  }
  return (
    <Section title="Versions before">
      <table className={small.plain}>
        <tbody>
          {versions.map((version) => (
            <tr key={`${version.recorded_at} ${version.form} ${version.tin}`}>
              <td>
                {version.form}, {version.legal_name}
                <div className="quiet">{addressOf(version).join(", ")}</div>
              </td>
              <td className="mono">{version.tin ?? EN_DASH}</td>
              <td>
                <InstantText at={version.recorded_at} />
                <div className="quiet">
                  {version.recorded_by}, {version.from_file ? "from a file" : "by hand"}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
