/* mun-html-view.c: the HTML of a message, without scripts and without the network */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-html-view.h"

#include "text.h"

#include <glib/gi18n.h>
#include <webkit/webkit.h>

/* Three walls against remote content: this policy, a network session whose proxy does not exist,
 * and a decision on every navigation. */
#define POLICY                                                                                     \
  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src cid: data:;" \
  " style-src 'unsafe-inline'; font-src data:\">"
#define NOWHERE "socks://127.0.0.1:9"
#define MAX_HITS 1000

struct _MunHtmlView {
  AdwBin parent_instance;

  WebKitWebView *view;
  MunMessage *message;
  char *hit;
};

G_DEFINE_FINAL_TYPE (MunHtmlView, mun_html_view, ADW_TYPE_BIN)

static void
answer_cid (WebKitURISchemeRequest *request, MunMessage *message)
{
  const char *path = webkit_uri_scheme_request_get_path (request);
  g_autofree char *id = g_uri_unescape_string (path ? path : "", NULL);
  int index = message && id ? mun_message_find_content_id (message, id) : -1;
  g_autoptr (GBytes) bytes = index < 0 ? NULL : mun_message_dup_attachment (message, index);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  if (!bytes) {
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such part");
    webkit_uri_scheme_request_finish_error (request, error);
    return;
  }
  stream = g_memory_input_stream_new_from_bytes (bytes);
  webkit_uri_scheme_request_finish (request, stream, g_bytes_get_size (bytes),
                                    mun_message_get_attachment (message, index)->type);
}

static void
cid_cb (WebKitURISchemeRequest *request, gpointer data)
{
  GWeakRef *weak = data;
  g_autoptr (MunHtmlView) self = g_weak_ref_get (weak);

  answer_cid (request, self ? self->message : NULL);
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
open_response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  const char *uri = g_object_get_data (G_OBJECT (dialog), "uri");

  if (strcmp (response, "open") == 0)
    gtk_show_uri (gtk_window_get_transient_for (GTK_WINDOW (dialog)), uri, GDK_CURRENT_TIME);
}

/* What a link says and where it leads are two things: the address is shown before it is opened. */
static void
ask_open (MunHtmlView *self, const char *uri)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (root), _ ("Open Link in the Browser?"), uri);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "open",
                                    _ ("_Open"), NULL);
  g_object_set_data_full (G_OBJECT (dialog), "uri", g_strdup (uri), g_free);
  g_signal_connect (dialog, "response", G_CALLBACK (open_response_cb), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
decide_policy_cb (MunHtmlView *self, WebKitPolicyDecision *decision, WebKitPolicyDecisionType type)
{
  WebKitNavigationAction *action;
  const char *uri;

  if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE)
    return FALSE;
  action = webkit_navigation_policy_decision_get_navigation_action (
      WEBKIT_NAVIGATION_POLICY_DECISION (decision));
  uri = webkit_uri_request_get_uri (webkit_navigation_action_get_request (action));
  if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION
      && webkit_navigation_action_get_navigation_type (action) == WEBKIT_NAVIGATION_TYPE_OTHER
      && g_str_has_prefix (uri, "about:")) {
    webkit_policy_decision_use (decision);
    return TRUE;
  }
  webkit_policy_decision_ignore (decision);
  if (webkit_navigation_action_get_navigation_type (action) == WEBKIT_NAVIGATION_TYPE_LINK_CLICKED
      && (g_str_has_prefix (uri, "http:") || g_str_has_prefix (uri, "https:")
          || g_str_has_prefix (uri, "mailto:")))
    ask_open (self, uri);
  return TRUE;
}

static void
load_changed_cb (MunHtmlView *self, WebKitLoadEvent event)
{
  guint32 options = WEBKIT_FIND_OPTIONS_CASE_INSENSITIVE;

  if (event != WEBKIT_LOAD_FINISHED || !self->hit)
    return;
  /* Scripts from Thai on write without spaces: their words begin anywhere. */
  if (g_utf8_get_char (self->hit) < 0x0e00)
    options |= WEBKIT_FIND_OPTIONS_AT_WORD_STARTS;
  webkit_find_controller_search (webkit_web_view_get_find_controller (self->view), self->hit,
                                 options, MAX_HITS);
}

static gboolean
no_menu_cb (void)
{
  return TRUE;
}

static WebKitNetworkSession *
new_dead_session (void)
{
  WebKitNetworkSession *session = webkit_network_session_new_ephemeral ();
  WebKitNetworkProxySettings *proxy = webkit_network_proxy_settings_new (NOWHERE, NULL);

  webkit_network_session_set_proxy_settings (session, WEBKIT_NETWORK_PROXY_MODE_CUSTOM, proxy);
  webkit_network_proxy_settings_free (proxy);
  return session;
}

static void
create_view (MunHtmlView *self)
{
  g_autoptr (WebKitWebContext) context = webkit_web_context_new ();
  g_autoptr (WebKitNetworkSession) session = new_dead_session ();
  g_autoptr (WebKitSettings) settings = webkit_settings_new ();
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  webkit_web_context_register_uri_scheme (context, "cid", cid_cb, weak, weak_free);
  webkit_settings_set_enable_javascript (settings, FALSE);
  webkit_settings_set_enable_javascript_markup (settings, FALSE);
  webkit_settings_set_enable_html5_database (settings, FALSE);
  webkit_settings_set_enable_html5_local_storage (settings, FALSE);
  webkit_settings_set_enable_media (settings, FALSE);
  webkit_settings_set_enable_webgl (settings, FALSE);
  webkit_settings_set_hardware_acceleration_policy (settings,
                                                    WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER);
  self->view = g_object_new (WEBKIT_TYPE_WEB_VIEW, "web-context", context, "network-session",
                             session, "settings", settings, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Message text"), -1);
  g_signal_connect_swapped (self->view, "decide-policy", G_CALLBACK (decide_policy_cb), self);
  g_signal_connect_swapped (self->view, "load-changed", G_CALLBACK (load_changed_cb), self);
  g_signal_connect (self->view, "context-menu", G_CALLBACK (no_menu_cb), NULL);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->view));
}

static void
mun_html_view_dispose (GObject *object)
{
  MunHtmlView *self = MUN_HTML_VIEW (object);

  if (self->view)
    g_signal_handlers_disconnect_by_data (self->view, self);
  self->view = NULL;
  g_clear_pointer (&self->message, mun_message_unref);
  g_clear_pointer (&self->hit, g_free);
  G_OBJECT_CLASS (mun_html_view_parent_class)->dispose (object);
}

static void
mun_html_view_class_init (MunHtmlViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mun_html_view_dispose;
}

static void
mun_html_view_init (MunHtmlView *self)
{
}

GtkWidget *
mun_html_view_new (void)
{
  return g_object_new (MUN_TYPE_HTML_VIEW, NULL);
}

void
mun_html_view_set_message (MunHtmlView *self, MunMessage *message)
{
  const char *html = message ? mun_message_get_html (message) : NULL;
  g_autofree char *page = NULL;

  g_return_if_fail (MUN_IS_HTML_VIEW (self));
  g_clear_pointer (&self->message, mun_message_unref);
  mun_html_view_mark (self, NULL);
  if (!html) {
    if (self->view)
      webkit_web_view_load_html (self->view, "", NULL);
    return;
  }
  self->message = mun_message_ref (message);
  if (!self->view)
    create_view (self); /* a web process costs: only for those who read HTML */
  page = g_strconcat (POLICY, html, NULL);
  webkit_web_view_load_html (self->view, page, NULL);
}

void
mun_html_view_mark (MunHtmlView *self, const char *text)
{
  g_return_if_fail (MUN_IS_HTML_VIEW (self));
  if (self->hit && self->view)
    webkit_find_controller_search_finish (webkit_web_view_get_find_controller (self->view));
  mun_set_str (&self->hit, text);
}

void
mun_html_view_page (MunHtmlView *self, gboolean down)
{
  g_return_if_fail (MUN_IS_HTML_VIEW (self));
  if (self->view)
    webkit_web_view_execute_editing_command (self->view,
                                             down ? "ScrollPageForward" : "ScrollPageBackward");
}

gboolean
mun_html_view_wants_network (const char *html)
{
  g_return_val_if_fail (html, FALSE);
  return g_regex_match_simple ("(src|srcset|poster|background)\\s*=\\s*[\"']?\\s*(https?:)?//"
                               "|<link[^>]+href\\s*=\\s*[\"']?\\s*(https?:)?//"
                               "|(url\\(|@import)\\s*[\"']?\\s*(https?:)?//",
                               html, G_REGEX_CASELESS, 0);
}
