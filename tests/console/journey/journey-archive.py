# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail in a real server, read, saved, found and deleted in the console."""
import email.mime.application, email.mime.image, email.mime.multipart, email.mime.text, email.policy, http.server, threading

from journey import *

PLAIN = (b'From: Ann Lee <ann@example.com>\r\nTo: bo@example.com\r\nSubject: Figures of the quarter\r\n'
         b'Message-ID: <plain@example.com>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\n'
         b'The turnover rose.\r\n> It fell before.\r\n' + b'A trailing space \r\n' + b'Odd bytes: \xe4\xff\r\n')
ATTACHED = bytes(range(256)) * 40


def html(port):
    """a message with HTML, a picture from the network and an attachment"""
    m = email.mime.multipart.MIMEMultipart('mixed')
    m['From'], m['To'], m['Subject'] = 'Zoe <zoe@example.com>', 'bo@example.com', 'An invitation'
    m['Message-ID'], m['Date'] = '<html@example.com>', 'Tue, 03 Mar 2026 10:00:00 +0000'
    m.attach(email.mime.text.MIMEText('<html><body><p>Come to the <b>garden</b></p><img src="http://127.0.0.1:%d/seen.png">'
                                      '<script>document.title = "ran"</script></body></html>' % port, 'html', 'utf-8'))
    part = email.mime.application.MIMEApplication(ATTACHED, 'octet-stream')
    part.add_header('Content-Disposition', 'attachment', filename='plan.bin')
    m.attach(part)
    return m.as_bytes(policy=email.policy.SMTP)


def large(content):
    m = email.mime.multipart.MIMEMultipart('mixed')
    m['From'], m['To'], m['Subject'] = 'Zoe <zoe@example.com>', 'bo@example.com', 'The large plan'
    m['Message-ID'], m['Date'] = '<large@example.com>', 'Wed, 04 Mar 2026 10:00:00 +0000'
    m.attach(email.mime.text.MIMEText('It is attached.\n'))
    part = email.mime.application.MIMEApplication(content, 'octet-stream')
    part.add_header('Content-Disposition', 'attachment', filename='large plan.bin')
    m.attach(part)
    return m.as_bytes(policy=email.policy.SMTP)


def small(n):
    return (b'From: sender%02d@example.com\r\nTo: bo@example.com\r\nSubject: Note %02d\r\nMessage-ID: <n%d@example.com>\r\n'
            b'Date: Sun, 01 Mar 2026 %02d:00:00 +0000\r\n\r\nNote number %d\r\n' % (n, n, n, n, n))


class Tracker:
    """a web server that counts who loads its picture"""
    def __init__(self):
        hits = self.hits = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                hits.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, *args):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Archive(Journey):
    def setUp(self):
        super().setUp()
        self.tracker = self.start(Tracker)
        self.html = html(self.tracker.port)
        self.server = self.start(Muniment)
        self.server.allow_administrators()
        self.server.call('CreateUser', userName='bo', privileges='login')
        self.server.upload('bo/Inbox', PLAIN, self.html)
        self.server.upload('bo/Inbox/Notes', *[small(n) for n in range(1, 8)])
        self.c = self.console()
        self.c.connect(self.server, self.server.password)

    def folder(self, *names):
        c = self.c
        c.go('Archive')
        c.row('Archive of bo').click()
        for name in names:                               # the only archive opens by itself
            try:
                row = c.row(name, timeout=3)
            except Timeout:
                keys('Right')
                row = c.row(name)
            row.click()
            wait(lambda: c.row(name).selected, 'folder %s' % name)

    def column(self, index):
        """what the message list says in a column, from top to bottom"""
        table = next(n for n in self.c.main().walk() if n.role == 'tree table' and n.name == 'Messages')
        rows = [r for r in table.all('table row', deep=True) if len(r.all('table cell')) > index and r.drawn()]
        return [next((k.name for k in r.all('table cell')[index].walk() if k.role == 'label'), '') for r in rows]

    def save(self, item, path):
        """an item of the message's menu that asks where to"""
        self.c.choose('Message Menu', item)
        self.answer(path)

    def answer(self, path):
        chooser = wait(lambda: next((w for w in self.c.children()[1:] if w.all('text', 'Name')), None), 'the file chooser')
        chooser.find('text', 'Name').text = path
        wait(lambda: chooser.find('push button', 'Save').sensitive, 'Save')
        chooser.find('push button', 'Save').do()
        wait(lambda: os.path.exists(path), path)
        wait(lambda: len(self.c.children()) == 1 and len([w for w in self.c.xwindows() if w[2] > 300 and w[1] != '(has no name)']) == 1,
             'the file chooser to go')

    def test_message_is_shown_and_saved_byte_for_byte(self):
        c = self.c
        self.folder('Inbox')
        c.row('Figures of the quarter').click()
        c.wait_for('Ann Lee <ann@example.com>')
        wait(lambda: 'The turnover rose.' in c.message_text(), 'the text')
        target = os.path.join(os.environ['RIG_DIR'], 'saved.eml')
        self.save('Save As…', target)
        wait(lambda: os.path.getsize(target) == len(PLAIN), 'the whole file')
        with open(target, 'rb') as f:
            self.assertEqual(f.read(), PLAIN)

    def test_keys(self):
        c = self.c
        self.folder('Inbox', 'Notes')
        c.row('Note 03').click()
        wait(lambda: 'Note number 3' in c.message_text(), 'the text')
        keys('ctrl+u')
        c.dialog('Message Source')
        keys('Escape')
        wait(lambda: not c.has_window('Message Source'), 'the source to go')
        keys('Delete')
        c.wait_for('Delete This Message From the Archive?')
        keys('Escape')
        wait(lambda: not c.sees('Delete This Message From the Archive?'), 'the question to go')
        keys('Return')
        wait(lambda: c.has_window('Note 03'), 'a window of its own')
        keys('Escape')
        wait(lambda: not c.has_window('Note 03'), 'the window to go')
        # a refresh shows what is new and keeps the place
        self.server.upload('bo/Inbox/Notes', small(9))
        keys('F5')
        c.row('Note 09')
        self.assertTrue(c.row('Notes').selected)
        # Ctrl+F searches in the folder that is open
        keys('ctrl+f')
        c.button('Remove “Folder: bo/Inbox/Notes”')
        keys('n', 'o', 't', 'e')                        # the focus is in the entry
        keys('Return')
        c.wait_for('8 messages')

    def test_source(self):
        c = self.c
        self.folder('Inbox')
        c.row('Figures of the quarter').click()
        wait(lambda: 'The turnover rose.' in c.message_text(), 'the text')
        c.choose('Message Menu', 'Show Source')
        wait(lambda: any('Message-ID: <plain@example.com>' in n.text for w in c.children()[1:] for n in w.all('text')), 'the source')

    def test_html_without_its_remote_content(self):
        c = self.c
        self.folder('Inbox')
        c.row('An invitation').click()
        c.wait_for('Remote content is not loaded')
        c.wait_for('plan.bin')
        self.assertEqual(self.tracker.hits, [])
        with self.subTest('attachment'):
            target = os.path.join(os.environ['RIG_DIR'], 'plan.bin')
            c.find('push button', 'Save “plan.bin”…').do()
            self.answer(target)
            wait(lambda: os.path.getsize(target) == len(ATTACHED), 'the whole file')
            with open(target, 'rb') as f:
                self.assertEqual(f.read(), ATTACHED)
        self.assertEqual(self.tracker.hits, [])

    def test_large_attachment_comes_when_it_is_wanted(self):
        """its text is shown without it; then it, and the message, go straight into their files"""
        c = self.c
        content = os.urandom(24 * 1024 * 1024)
        raw = large(content)
        self.server.upload('bo/Inbox/Plans', raw)
        self.folder('Inbox', 'Plans')
        c.row('The large plan').click()
        wait(lambda: 'It is attached.' in c.message_text(), 'the text')
        c.wait_for('large plan.bin')
        keys('ctrl+u')
        c.dialog('Message Source, Without Large Attachments')
        keys('Escape')
        wait(lambda: len(c.children()) == 1, 'the source to go')
        for button, name, expected in [('Save “large plan.bin”…', 'large plan.bin', content), (None, 'large.eml', raw)]:
            with self.subTest(name):
                target = os.path.join(os.environ['RIG_DIR'], name)
                if button:
                    c.find('push button', button).do()
                    self.answer(target)
                else:
                    self.save('Save As…', target)
                with open(target, 'rb') as f:
                    self.assertEqual(f.read(), expected)
                self.assertFalse(os.path.exists(target + '.part'))

    def test_large_attachment_is_no_longer_wanted(self):
        """the server hangs: what is being saved is shown, and can be stopped"""
        c = self.c
        self.server.upload('bo/Inbox/Plans', large(os.urandom(3 * 1024 * 1024)))
        self.folder('Inbox', 'Plans')
        c.row('The large plan').click()
        c.wait_for('large plan.bin')
        target = os.path.join(os.environ['RIG_DIR'], 'unwanted.bin')
        self.server.p.send_signal(signal.SIGSTOP)
        try:
            c.find('push button', 'Save “large plan.bin”…').do()
            chooser = wait(lambda: next((w for w in c.children()[1:] if w.all('text', 'Name')), None), 'the file chooser')
            chooser.find('text', 'Name').text = target
            wait(lambda: chooser.find('push button', 'Save').sensitive, 'Save')
            chooser.find('push button', 'Save').do()
            c.wait_for('Saving “unwanted.bin”')
            if 'MUNIMENT_SHOTS' in os.environ:
                sh('import', '-window', 'root', os.path.join(os.environ['MUNIMENT_SHOTS'], 'saving.png'))
            next(n for n in c.main().walk() if n.role == 'push button' and n.name == 'Cancel' and n.drawn()).do()
            c.wait_for('“unwanted.bin” was not saved')
        finally:
            self.server.p.send_signal(signal.SIGCONT)
        self.assertFalse(os.path.exists(target))
        self.assertFalse(os.path.exists(target + '.part'))

    def test_sorted_by_header(self):
        c = self.c
        self.folder('Inbox', 'Notes')
        c.wait_for('7 messages')
        wait(lambda: self.column(2) == ['Note %02d' % n for n in range(7, 0, -1)], 'newest first')
        header = next(n for n in c.main().walk() if n.role == 'label' and n.name == 'Subject' and n.drawn())
        header.click()
        wait(lambda: self.column(2) == ['Note %02d' % n for n in range(1, 8)], 'by subject')

    def test_deleted_for_a_reason(self):
        c = self.c
        self.folder('Inbox', 'Notes')
        c.wait_for('7 messages')
        c.row('Note 03').click()
        wait(lambda: 'Note number 3' in c.message_text(), 'the text')
        c.choose('Message Menu', 'Delete…')
        c.wait_for(re.compile('Reason|reason'))
        dialog = c.children()[-1]
        dialog.find('text').text = 'sent by mistake'
        wait(lambda: next((n for n in dialog.all('push button', 'Delete') if n.sensitive), None), 'Delete').do()
        c.wait_for('6 messages')
        self.assertNotIn('Note 03', self.column(2))
        log = json.dumps(self.server.call('GetAuditLog'))
        self.assertIn('sent by mistake', log)

    def test_search(self):
        c = self.c
        c.go('Search')
        entry = wait(lambda: next((n for n in c.all('entry') if n.drawn()), None), 'the query')
        entry.text = 'garden'
        c.press('Search')
        c.wait_for('1 message')
        c.row('An invitation').click()
        c.wait_for('Zoe <zoe@example.com>')
        entry.text = 'note'
        c.press('Search')
        c.wait_for('7 messages')
        entry.text = 'nowhere'
        c.press('Search')
        c.wait_for(re.compile('No (Results|Messages)'))
        # a field of the form
        entry.text = 'note'
        (c.main().all('toggle button', 'Refine') + c.main().all('push button', 'Refine'))[0].do()
        field = wait(lambda: c.entry('From', c.main()), 'the form')
        field.text = 'sender05'
        c.press('Search')
        c.wait_for('1 message')
        c.row('Note 05')


if __name__ == '__main__':
    main()
