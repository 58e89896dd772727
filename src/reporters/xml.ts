import { escapeControls } from '../core/escape.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an XML or HTML attribute or element. Control characters, which XML 1.0 cannot hold, become escapes. */
export function escapeXml(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (found) => entities[found] ?? found);
}

/** As `escapeXml`, and line ends stay. */
export function escapeXmlLines(text: string): string {
  return text.split('\n').map(escapeXml).join('\n');
}
