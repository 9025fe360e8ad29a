/* A table that scrolls can be reached and scrolled with the keyboard. The theme wraps tables when a page is shown. */
(() => {
  const reach = () => document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset .tabbed-labels").forEach(box => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
  })
  const later = () => requestAnimationFrame(() => setTimeout(reach))
  if (window.document$) window.document$.subscribe(later); else addEventListener("load", later)
  addEventListener("resize", later)
})()
