// Behaviours of every page. Each hooks itself on data-hajar-* and does nothing where its hook is absent.
import "hajar/search_shortcut";
import "hajar/search_suggestions";
import "hajar/name_suggestions";
import "hajar/autosubmit";
import "hajar/theme";
import "hajar/copy";
import "hajar/confirm_dialog";
import "hajar/unsaved";
import "hajar/first_error";
import "hajar/file_preview";
import "hajar/notices";
import "hajar/shortcut_keys";
import "hajar/tabs";
