/* Scanning a certificate's code on the public check page: what was read goes into the page's own form,
 * and the server says what it is.
 */
import { hasCamera, scanner } from "./scanning.js";

const part = document.querySelector("[data-camera]");
const form = document.querySelector("[data-code]");

if (hasCamera()) {
  const camera = scanner(part, (text) => {
    camera.close();
    form.querySelector("[name=text]").value = text;
    form.submit();
  });
}
