// The server has rendered everything already: without this script pages say the same, in UTC or in the zone they learned earlier.
(() => {
  'use strict';
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `zone=${encodeURIComponent(zone)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;

  // The reader's zone; UTC stays in the title.
  function tellTime(within) {
    for (const time of within.querySelectorAll('time[data-zone]')) {
      const at = new Date(time.dateTime);
      if (time.dataset.zone === zone || Number.isNaN(at.getTime())) continue;
      time.textContent = clock.format(at) + (zone === 'UTC' ? ' UTC' : '');
      time.dataset.zone = zone;
    }
  }

  // Buttons that need this script are hidden without it.
  function offerCopy(within) {
    for (const button of within.querySelectorAll('button[data-copy][hidden]')) button.hidden = false;
  }

  function say(words) {
    const place = document.getElementById('said');
    if (place) place.textContent = words;
  }

  function made(within) {
    tellTime(within);
    offerCopy(within);
  }

  document.addEventListener('click', async (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-copy]') : null;
    const source = button && document.getElementById(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText('value' in source ? source.value : source.textContent);
      say('Copied.');
    } catch {
      say('The browser did not let the page copy. Select the text and copy it yourself.');
    }
  });

  // Somebody works in it: is about to click or has just done so, writes, has chosen something, or has marked text to copy.
  function atWork(part) {
    if (part.querySelector(':active, .htmx-request')) return true;
    if (part.contains(document.activeElement) && document.activeElement.matches('input, select, textarea')) return true;
    const marked = getSelection();
    if (marked && !marked.isCollapsed && part.contains(marked.anchorNode)) return true;
    return [...part.querySelectorAll('input:not([type="hidden"]), select, textarea')].some((field) => {
      if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
      if (field instanceof HTMLSelectElement) return !([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.selected;
      return field.value !== field.defaultValue;
    });
  }

  // What something in a part is in the part that takes its place: the same of those that are called the same.
  const called = (element) => element.id || element.getAttribute('href') || (element.querySelector('summary') ?? element).textContent;
  function again(element, selector, part, anew) {
    const alike = (within) => [...within.querySelectorAll(selector)].filter((other) => called(other) === called(element));
    return alike(anew)[alike(part).indexOf(element)];
  }

  const focusable = 'a, button, summary, [tabindex]';

  function replace(part, anew) {
    for (const details of part.querySelectorAll('details')) {
      const same = again(details, 'details', part, anew);
      if (same) same.open = details.open;
    }
    const focused = part.contains(document.activeElement) ? again(document.activeElement, focusable, part, anew) : null;
    part.replaceWith(anew);
    htmx.process(anew);
    made(anew);
    focused?.focus({ preventScroll: true });
    if (part.dataset.liveStanding === anew.dataset.liveStanding) return;
    say(anew.dataset.liveStanding);
    for (const passed of document.querySelectorAll('[data-passing]')) passed.remove();
  }

  // Parts of the page that refresh by themselves, and what the navigation counts.
  const usual = 20_000, soon = 3_000, header = 'X-Refresh';
  let timer;
  function refreshLater() {
    clearTimeout(timer);
    if (document.querySelector('[data-live], [data-count]')) timer = setTimeout(refresh, document.querySelector('[data-live-soon]') ? soon : usual);
  }

  async function refresh() {
    try {
      if (!document.hidden) {
        const paths = new Set([...document.querySelectorAll('[data-live]')].map((part) => part.dataset.live));
        for (const path of paths.size > 0 ? paths : ['/']) await refreshFrom(path);
      }
    } catch {
      // The server is away for a moment: the next turn asks again.
    } finally {
      refreshLater();
    }
  }

  async function refreshFrom(path) {
    const here = document.body.firstElementChild;
    const answer = await fetch(path, { headers: { [header]: 'true', 'HX-Request': 'true', Accept: 'text/html' } });
    const elsewhere = answer.headers.get('HX-Redirect');
    if (elsewhere && ![...document.querySelectorAll('form')].some(atWork)) location.assign(elsewhere);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!here.isConnected) return; // meanwhile another page is shown
    for (const count of document.querySelectorAll('[data-count]')) {
      const anew = page.querySelector(`[data-count="${count.dataset.count}"]`);
      if (anew && anew.innerHTML !== count.innerHTML) count.replaceChildren(...document.adoptNode(anew).childNodes);
    }
    for (const part of document.querySelectorAll('[data-live]')) {
      const anew = part.dataset.live === path && !atWork(part) ? page.getElementById(part.id) : null;
      if (anew) replace(part, document.adoptNode(anew));
    }
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh();
  });

  // What somebody wrote while fields were on their way stays in those that come in their place.
  const written = new Map();
  document.addEventListener('htmx:beforeSwap', (event) => {
    written.clear();
    if (!event.detail.target.matches('[data-keep]')) return;
    for (const field of event.detail.target.querySelectorAll('input, select, textarea')) written.set(field.id, field.value);
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    if (!event.detail.target.matches('[data-keep]')) return;
    for (const field of event.detail.target.querySelectorAll('input, select, textarea')) {
      const kept = written.get(field.id);
      const fits = kept !== undefined && (!(field instanceof HTMLSelectElement) || [...field.options].some((option) => option.value === kept));
      if (fits && field.value !== kept) field.value = kept;
    }
  });

  // After a followed link: as a new page would, begin at its top and say its name.
  document.addEventListener('htmx:afterSettle', (event) => {
    made(event.target instanceof Element ? event.target : document);
    refreshLater();
    if (!event.detail.boosted) return;
    document.querySelector('main')?.focus({ preventScroll: true });
    unfold();
    say(document.title);
  });

  // An address that ends with an action's name unfolds its form.
  function unfold() {
    const named = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (!(named instanceof HTMLDetailsElement) || named.open) return;
    named.open = true;
    named.scrollIntoView();
    named.querySelector('summary').focus({ preventScroll: true });
  }

  function begin() {
    made(document);
    unfold();
    refreshLater();
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
})();
