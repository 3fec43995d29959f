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

  // A part that refreshes by itself waits while nobody looks, or while somebody works in it.
  document.addEventListener('htmx:beforeRequest', (event) => {
    const part = event.target instanceof HTMLElement && event.target.dataset.live ? document.getElementById(event.target.dataset.live) : null;
    if (!part) return;
    if (document.hidden || part.contains(document.activeElement) || part.querySelector('details[open]')) event.preventDefault();
  });

  // After a followed link: as a new page would, begin at its top and say its name.
  document.addEventListener('htmx:afterSettle', (event) => {
    made(event.target instanceof Element ? event.target : document);
    if (!event.detail.boosted) return;
    document.querySelector('main')?.focus({ preventScroll: true });
    say(document.title);
  });

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => made(document));
  else made(document);
})();
