/* The theme wraps tables when a page is shown, so that both of these come after it. */
(() => {
  /* A table that scrolls can be reached and scrolled with the keyboard. */
  const reach = () => document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset .tabbed-labels").forEach(box => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex")
  })
  /* On a phone the cells of a row of a reference stand below each other, and say what column they are of. */
  const label = () => document.querySelectorAll(".md-typeset table:not([class])").forEach(table => {
    const heads = [...table.querySelectorAll("th")].map(head => head.textContent)
    if (heads.at(-1) === "Description") heads.pop()
    table.querySelectorAll("tr").forEach(row => [...row.cells].slice(1, heads.length).forEach((cell, place) => {
      cell.dataset.label = heads[place + 1]
    }))
  })
  const later = () => requestAnimationFrame(() => setTimeout(() => { label(); reach() }))
  if (window.document$) window.document$.subscribe(later); else addEventListener("load", later)
  addEventListener("resize", () => setTimeout(reach))
})()
