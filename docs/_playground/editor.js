// A code editor: highlighted, usable with the keyboard and a screen reader.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { python } from '@codemirror/lang-python';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const LANGUAGES = { python, javascript };
// Colors are variables of the page's style sheet, so they follow the theme.
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: 'code-keyword' },
  { tag: [tags.string, tags.special(tags.string)], class: 'code-string' },
  { tag: [tags.comment], class: 'code-comment' },
  { tag: [tags.number, tags.bool, tags.null], class: 'code-number' },
  { tag: [tags.function(tags.variableName), tags.className], class: 'code-name' },
]);

/**
 * Put an editor into an element.
 *
 * Tab moves the focus, as everywhere on the page: no key may trap keyboard users in the editor.
 */
export function createEditor(parent, { language, label, text, indent, onChange }) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        lintGutter(),
        indentUnit.of(indent),
        LANGUAGES[language](),
        syntaxHighlighting(highlighting),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.updateListener.of((update) => update.docChanged && onChange()),
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(value) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
    },
    /** Mark a line with a message; without a line, remove the mark. */
    mark(number, message) {
      const { doc } = view.state;
      const line = number && doc.line(Math.min(Math.max(number, 1), doc.lines));
      const marks = line ? [{ from: line.from, to: line.to, severity: 'error', message }] : [];
      view.dispatch(setDiagnostics(view.state, marks));
    },
    /** Move the focus to a line. */
    show(number) {
      const { from } = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
