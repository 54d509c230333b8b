// A passkey: the browser makes or uses one, and the form that waits for it is sent with its answer.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const described = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

/** Ask the browser for a new passkey; what the server checks of it, as JSON has it. */
async function create(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return {
    ...named(made),
    response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
      transports: made.response.getTransports?.() ?? [],
    },
    extensions: JSON.stringify(made.getClientExtensionResults()),
  };
}

/** Ask the browser for a passkey it has, or that is put in. */
async function get(options) {
  const given = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = given.response;
  return {
    ...named(given),
    response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
    assertionClientExtensions: JSON.stringify(given.getClientExtensionResults()),
  };
}

const named = (credential) => ({ id: credential.id, rawId: text(credential.rawId), type: credential.type });

const form = document.querySelector("form[data-passkey]");
if (form) {
  const ask = { create, get }[form.dataset.passkey];
  try {
    form.elements.credential.value = JSON.stringify(await ask(JSON.parse(form.dataset.options)));
    form.submit();
  } catch {
    form.querySelector("[role=alert]").hidden = false;
  }
}
