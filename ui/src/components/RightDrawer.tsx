import { Button, CloseButton } from "@mantine/core";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useActions } from "./actions";
import classes from "./small.module.css";

type Props = {
  title: string;
  subtitle?: ReactNode;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  /** Enter opens it: the second Enter on a row. */
  onFullPage?: () => void;
};

/** Details beside the list: the list stays where it was. Esc closes and gives the focus back. */
export function RightDrawer(props: Props) {
  const { title, subtitle, onClose, children, footer, onFullPage } = props;
  const titleId = useId();
  const body = useRef<HTMLElement>(null);

  useActions([{ label: "Close details", group: "This page", keys: "Escape", run: onClose }]);
  useEffect(() => {
    const before = document.activeElement;
    body.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);

  return (
    <div
      className={classes.drawer}
      role="dialog"
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        // A modal that was opened from here takes Esc for itself, though it is drawn elsewhere.
        const inside = event.currentTarget.contains(event.target as Node);
        if (event.key === "Escape" && inside && !event.defaultPrevented) {
          event.stopPropagation();
          onClose();
        } else if (event.key === "Enter" && event.target === body.current && onFullPage) {
          event.preventDefault();
          onFullPage();
        }
      }}
    >
      <div className={classes.drawerHead}>
        <div style={{ minWidth: 0 }}>
          <h2 id={titleId}>{title}</h2>
          {subtitle ? <div className="quiet small">{subtitle}</div> : null}
        </div>
        <div style={{ display: "flex", flex: "none", gap: 4 }}>
          {onFullPage ? (
            <Button variant="subtle" size="compact-sm" onClick={onFullPage}>
              Full page
            </Button>
          ) : null}
          <CloseButton aria-label="Close details" onClick={onClose} />
        </div>
      </div>
      <section
        ref={body}
        className={classes.drawerBody}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={`${title}: details`}
      >
        {children}
      </section>
      {footer ? <div className={classes.drawerFoot}>{footer}</div> : null}
    </div>
  );
}
