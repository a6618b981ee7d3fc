// The forms of the API reference: shown only where this script runs, sent with the token that was typed and nothing else.
(() => {
  const forms = [...document.querySelectorAll('form[data-try]')];
  const tokens = () => [...document.querySelectorAll('input[data-token]')];
  document.querySelectorAll('details[data-script]').forEach(part => { part.hidden = false; });

  // The token is typed once; it stays in this page and goes with it.
  document.addEventListener('input', event => {
    if (event.target.matches('input[data-token]')) tokens().forEach(field => { field.value = event.target.value; });
  });

  const fields = (form, place) => [...form.querySelectorAll(`[data-in="${place}"]`)].filter(field => field.value.trim());
  const address = form => {
    const path = fields(form, 'path').reduce(
      (path, field) => path.replace(`{${field.dataset.name}}`, encodeURIComponent(field.value.trim())), form.dataset.path);
    const query = new URLSearchParams(fields(form, 'query').map(field => [field.dataset.name, field.value.trim()]));
    return query.size ? `${path}?${query}` : path;
  };
  const request = form => {
    const headers = new Headers({ Authorization: `Bearer ${form.querySelector('[data-token]').value.trim()}` });
    fields(form, 'header').forEach(field => headers.set(field.dataset.name, field.value.trim()));
    const body = form.querySelector('[data-body]')?.value;
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    return { method: form.dataset.try, headers, body, credentials: 'omit', cache: 'no-store' };
  };
  const readable = text => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };
  const show = (form, status, body) => {
    form.querySelector('[data-status]').textContent = status;
    const answer = form.querySelector('[data-answer]');
    answer.textContent = body;
    answer.hidden = !body;
  };
  const send = async form => {
    const button = form.querySelector('button');
    button.disabled = true;
    show(form, form.dataset.sending, '');
    try {
      const answer = await fetch(address(form), request(form));
      show(form, `${form.dataset.try} ${address(form)} · ${answer.status} ${answer.statusText}`, readable(await answer.text()));
    } catch {
      show(form, form.dataset.failed, '');
    }
    button.disabled = false;
  };
  forms.forEach(form => form.addEventListener('submit', event => { event.preventDefault(); send(form); }));
})();
