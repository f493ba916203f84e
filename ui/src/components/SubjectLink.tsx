import { Link } from "@tanstack/react-router";
import type { Subject } from "../ipc";
import { subjectLink } from "../lib/subject_links";

export function SubjectLink({ subject }: { subject: Subject }) {
  const link = subjectLink(subject);
  return link ? <Link {...link}>{subject.label}</Link> : <span>{subject.label}</span>;
}
