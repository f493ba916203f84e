// jsdom has no layout: give Mantine and the virtualiser the few browser parts they ask for.
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => {},
    removeListener: () => {},
    addEventListener: () => {},
    removeEventListener: () => {},
    dispatchEvent: () => false,
  }) as MediaQueryList;

window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

window.scrollTo = () => {};
Element.prototype.scrollTo = function scrollTo(to?: ScrollToOptions | number) {
  this.scrollTop = typeof to === "object" ? (to.top ?? 0) : 0;
  this.dispatchEvent(new Event("scroll"));
};
Element.prototype.scrollIntoView = () => {};

// The virtualiser reads the size of its scroll element.
Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, value: 640 });
Object.defineProperty(HTMLElement.prototype, "offsetWidth", { configurable: true, value: 1000 });
Object.defineProperty(Element.prototype, "clientHeight", { configurable: true, value: 640 });
Object.defineProperty(Element.prototype, "scrollHeight", { configurable: true, value: 100_000 });
