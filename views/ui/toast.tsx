import type { Page, Toast as ToastData } from "../page.ts";
import { Button } from "./button.tsx";
import { CsrfField } from "./form.tsx";
import { Icon } from "./icon.tsx";

/** The id of the place where toasts appear. */
export const toastRegionId = "toasts";

const icons = {
  neutral: "info",
  info: "info",
  success: "circle-check",
  warning: "triangle-alert",
  danger: "octagon-alert",
} as const;

/** What just happened. Goes by itself after some seconds (not while hovered or focused); a failure stays until dismissed. */
export function Toast(props: { page: Pick<Page, "t" | "csrf">; toast: ToastData }): JSX.Element {
  const { page, toast } = props;
  return (
    <div class={`toast-item toast-${toast.tone}`} data-toast={toast.tone === "danger" ? "stay" : "pass"}>
      <Icon name={icons[toast.tone]} />
      <p safe>{toast.text}</p>
      {toast.undo === undefined ? (
        ""
      ) : (
        <form method="post" action={toast.undo.action} data-hold>
          <CsrfField page={page} />
          <Button label={toast.undo.label} size="small" icon="undo-2" />
        </form>
      )}
      <Button
        type="button"
        label={page.t.actions.dismiss}
        look="ghost"
        size="small"
        icon="x"
        iconOnly
        class="toast-dismiss"
      />
    </div>
  );
}

/** The place for toasts at the foot of the page; a status region, so that they are read out. */
export function ToastRegion(props: { page: Pick<Page, "t" | "csrf" | "toast"> }): JSX.Element {
  return (
    <div id={toastRegionId} class="toasts" role="status" aria-label={props.page.t.shell.messages}>
      {props.page.toast === null ? "" : <Toast page={props.page} toast={props.page.toast} />}
    </div>
  );
}

/** A toast in a fragment's answer, put into the page's toast region whatever else the answer replaces. */
export function ToastPartial(props: { page: Pick<Page, "t" | "csrf">; toast: ToastData }): JSX.Element {
  return (
    <hx-partial hx-target={`#${toastRegionId}`} hx-swap="beforeend">
      <Toast page={props.page} toast={props.toast} />
    </hx-partial>
  );
}
