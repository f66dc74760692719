#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole job, from an empty machine to an archived Microsoft 365 mailbox that is read in the console.

job.py --prefix DIR --tenant PROGRAM --out DIR [--messages N]
Run inside tests/support/rig-session -k. Every step checks what it did; OUT/report.json has the figures and a
picture of each step stands beside it. The exit status is 0 only when every step happened.
"""
import argparse
import collections
import email
import email.policy
import glob
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'support')]
import tenant as simulated
import uidrive
from console import Console, Server
from uidrive import wait

CREDENTIAL = 'Alderbrook'
PROFILE = 'All mailboxes via Microsoft 365'
# What the profile assistant leaves out unless told otherwise, in the languages of the tenant's mailboxes.
LEFT_OUT = ('junkemail', 'deleteditems')
WORD = 'Rotterdam'
ROLES = ('Directory.Read.All', 'Mail.Read')


def digits(text):
    return int(re.sub(r'\D', '', text) or 0)


class Job:
    def __init__(self, options):
        self.options = options
        self.out = options.out
        self.report = {'steps': [], 'figures': {}}
        self.figures = self.report['figures']
        directory = os.path.join(os.environ['RIG_DIR'], 'tenant')
        os.makedirs(directory)
        self.tenant_process, self.tenant = simulated.start(options.tenant, directory, options.messages)
        self.server = Server(os.path.join(options.prefix, 'bin', 'munimentctl'))
        self.console = None
        self.left_out = {}

    def start_console(self):
        share = os.path.join(self.options.prefix, 'share')
        environment = {
            'XDG_DATA_DIRS': share + ':' + os.environ.get('XDG_DATA_DIRS', '/usr/local/share:/usr/share'),
            'MUNIMENT_CLOUDS': self.tenant.clouds,
        }
        self.console = Console(os.path.join(self.options.prefix, 'bin', 'muniment'), environment, self.out,
                               os.path.join(self.out, 'console.log'))

    def run(self):
        steps = [self.start, self.make_credential, self.publish_certificate, self.permissions, self.find_in_keyring,
                 self.hand_over, self.synchronize, self.archive, self.archive_again, self.read, self.search,
                 self.save_as_eml, self.kill_and_resume]
        try:
            for number, step in enumerate(steps, 1):
                began = time.monotonic()
                step()
                self.console.shot('%02d-%s' % (number, step.__name__.replace('_', '-')))
                entry = {'step': step.__doc__.strip(), 'seconds': round(time.monotonic() - began, 1)}
                self.report['steps'].append(entry)
                print('ok %d - %s (%.1f s)' % (number, entry['step'], entry['seconds']), flush=True)
            self.report['result'] = 'succeeded'
        except BaseException as error:
            self.report['result'] = 'failed'
            self.report['failedStep'] = step.__doc__.strip()
            self.report['error'] = str(error)
            print('not ok %d - %s: %s' % (number, step.__doc__.strip(), error), flush=True)
            traceback.print_exc()
            if self.console is not None:
                uidrive.screenshot(os.path.join(self.out, 'failed.png'))
                print(self.console.output()[-3000:], flush=True)
        finally:
            self.end()
        return 0 if self.report['result'] == 'succeeded' else 1

    def end(self):
        if self.console is not None and self.console.p.poll() is None:
            self.console.close(timeout=30)
        self.tenant_process.stdin.close()
        self.tenant_process.wait(30)
        self.report['pictures'] = self.console.shots if self.console is not None else []
        with open(os.path.join(self.out, 'report.json'), 'w') as f:
            json.dump(self.report, f, indent=2, ensure_ascii=False)
            f.write('\n')

    # The steps

    def start(self):
        """The console starts its embedded server"""
        self.start_console()
        self.console.shot('00-welcome')
        self.console.click('Archive on This Computer')
        self.console.see('Directory Services', timeout=60)
        ready = self.server.ready()
        assert ready is not None and os.path.exists('/proc/%d' % ready['pid']), 'no archive server runs'
        self.figures['server'] = self.server.call('GetServerInfo')

    def make_credential(self):
        """A credential with a certificate is made; before the upload the tenant does not know the certificate"""
        console, main = self.console, self.console.main()
        console.page('Directory Services')
        console.choose('Directory Service Type', 'Microsoft 365 (Modern Authentication)', main)
        console.press('Credential Manager', main)
        manager = console.window('Credential Manager')
        console.click('Create Credentials…', manager)
        dialog = console.window('Azure AD App Credentials')
        console.fill('Name', CREDENTIAL, dialog)
        # As it is copied from the portal: the field keeps the id alone.
        client = dialog.find('text', 'Application (client) ID')
        client.a.set_text_contents('Application (client) ID : ' + self.tenant.client_id)
        wait(lambda: client.text == self.tenant.client_id, 'the cleaned application id')
        console.fill('Directory (tenant) ID', self.tenant.tenant_id, dialog)
        console.menu('Certificate Actions', 'Create Certificate…', dialog)
        console.respond('Create Certificate', 'Create')
        label = wait(lambda: next((n for n in dialog.all('label', re.compile('^([0-9A-F]{8} ){4}[0-9A-F]{8}$'))), None),
                     'the thumbprint', 60)
        self.figures['thumbprintShown'] = label.name.replace(' ', '')
        self.console.shot('02-certificate')
        self.test_sign_in(dialog, 'AADSTS700027')
        self.console.scroll(dialog)

    def test_sign_in(self, dialog, expected):
        """Presses Test Sign-in and waits for a sentence that contains `expected`."""
        self.console.press('Test Sign-in', dialog)
        pattern = re.compile(re.escape(expected))
        return wait(lambda: next(iter(dialog.all('label', pattern)), None), 'the answer "%s"' % expected, 30).name

    def publish_certificate(self):
        """The certificate is downloaded as .cer and uploaded; the tenant's thumbprint of it is the one shown"""
        dialog = self.console.window('Azure AD App Credentials')
        path = os.path.join(self.out, CREDENTIAL + '.cer')
        self.console.scroll(dialog, up=True)
        self.console.menu('Certificate Actions', 'Download Certificate…', dialog)
        self.console.save_file('Download Certificate', path)
        with open(path, 'rb') as f:
            self.figures['thumbprintOfTenant'] = self.tenant.upload(f.read())
        assert self.figures['thumbprintOfTenant'] == self.figures['thumbprintShown'], self.figures

    def permissions(self):
        """Missing permissions are named one after the other; once they are granted the test succeeds"""
        dialog = self.console.window('Azure AD App Credentials')
        first = self.test_sign_in(dialog, ' are missing: Directory.Read.All, Mail.Read.')
        self.tenant.grant('Directory.Read.All')
        second = self.test_sign_in(dialog, ' is missing: Mail.Read.')
        self.tenant.grant('Mail.Read')
        self.test_sign_in(dialog, 'Permissions granted: Directory.Read.All, Mail.Read.')
        self.console.scroll(dialog)
        self.figures['permissionSentences'] = [first, second]

    def find_in_keyring(self):
        """The credential is saved and found again in the secret service"""
        console = self.console
        console.press('Save', console.window('Azure AD App Credentials'))
        console.gone('Azure AD App Credentials')
        console.see(CREDENTIAL, console.window('Credential Manager'))
        found = subprocess.run(['secret-tool', 'search', '--all', 'xdg:schema', 'org.muniment.AzureAdCredential'],
                               capture_output=True, text=True, timeout=30)
        words = found.stdout + found.stderr
        assert self.figures['thumbprintShown'] in words and self.tenant.client_id in words, 'not in the keyring'
        # The certificate that is kept is the one that was downloaded.
        pem = re.search('-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----', found.stdout, re.S).group(0)
        sha1 = subprocess.run(['openssl', 'x509', '-noout', '-fingerprint', '-sha1'], input=pem, capture_output=True,
                              text=True, check=True).stdout
        assert sha1.split('=')[1].strip().replace(':', '') == self.figures['thumbprintShown'], sha1

    def hand_over(self):
        """The credential is chosen for the server, which gets a copy of it and signs in"""
        console, main = self.console, self.console.main()
        console.press('Close', console.window('Credential Manager'))
        console.gone('Credential Manager')
        console.click('Credentials', main)
        wait(lambda: main.all('list item', pred=lambda n: n.all('label', re.compile(CREDENTIAL))), 'the credential to choose')
        uidrive.keys('Down')
        uidrive.keys('Return')
        dialog = wait(lambda: next((w for w in console.children() if w.name.startswith('Hand “')), None), 'the question')
        console.respond(dialog.name, 'Hand Over')
        console.press('Save', main)
        console.button('Test Settings', main)
        console.press('Test', main)
        console.see('Signed in. Permissions granted: Directory.Read.All, Mail.Read.', main, 30)

    def synchronize(self):
        """Test Settings, then Synchronize: exactly the expected users"""
        expected = {u['userPrincipalName'].lower() for u in self.tenant.users()
                    if u['accountEnabled'] and u['licensed'] and u['exchangePlan'] and not u['guest']}
        console = self.console
        console.press('Test Settings', console.main())
        window = console.window('Synchronization')
        console.see('To Create (%d)' % len(expected), window, 60)
        console.shot('07-test-settings')
        users = {u['userName'].lower() for u in self.server.call('GetUsers')}
        assert users == {'admin'}, 'a test changed users: %s' % sorted(users)
        console.press('Synchronize Now', window)
        console.see('Created (%d)' % len(expected), window, 60)
        users = {u['userName'].lower() for u in self.server.call('GetUsers')} - {'admin'}
        assert users == expected, 'missing %s, unexpected %s' % (sorted(expected - users), sorted(users - expected))
        self.users = sorted(expected)
        self.figures['usersInDirectory'] = len(self.tenant.users())
        self.figures['usersSynchronized'] = len(users)

    def expected_archive(self):
        """Per user: how many messages with different bytes are in the folders that the profile archives."""
        counts = {}
        for user in self.users:
            counts[user] = sum(1 for _ in self.distinct(user))
        return counts

    def is_archived(self, user, message):
        names = self.left_out.setdefault(user, {f['path'] for f in self.tenant.folders(user)
                                                if (f.get('wellKnown') or '').lower() in LEFT_OUT})
        return not any(message['folder'] == n or message['folder'].startswith(n + '/') for n in names)

    def archived(self):
        """Per archive, as the server counts."""
        return {f['folder'].lower(): f['count'] for f in self.server.call('GetFolderStatistics') if f['count']}

    def check_archive(self):
        expected, found = self.expected_archive(), self.archived()
        wrong = {u: (n, found.get(u, 0)) for u, n in expected.items() if n != found.get(u, 0)}
        assert not wrong, 'expected and archived messages differ: %s' % wrong
        return sum(expected.values())

    def check_each_message(self, users):
        """Every message of theirs once: the counts alone would not see one that took another's place."""
        archives = {a['name'].lower(): a for a in self.server.call('GetChildFolders')}
        for user in users:
            # Who has no mail has no archive.
            sizes, folders = collections.Counter(), [archives[user]] if user in archives else []
            while folders:
                folder = folders.pop()
                folders += folder['childFolders']
                sizes.update(m['size'] for m in self.server.call('GetMessages', folder=folder['path']))
            expected = collections.Counter(m['size'] for m in self.distinct(user))
            assert sizes == expected, 'the messages of %s differ from those in the tenant' % user

    def run_profile(self):
        """Presses Run and waits for the end; archived, failed of the newest result."""
        main = self.console.main()
        before = self.newest_result()
        self.console.press(re.compile('^Run ' + PROFILE), main)
        result = wait(lambda: next(iter([r for r in [self.newest_result()] if r and r != before
                                         and r.get('completeTime')]), None), 'the end of the run', 600, every=0.5)
        self.console.button(re.compile('^Run ' + PROFILE), main)
        assert result['result'] == 'succeeded', result
        return result

    def results(self):
        """Of all runs, newest first."""
        results = self.server.call('GetWorkerResults', fromIncluding='2020-01-01T00:00:00', toExcluding='2100-01-01T00:00:00',
                                   timeZoneID='$Local')
        return sorted(results, key=lambda r: r['id'], reverse=True)

    def newest_result(self):
        return next(iter(self.results()), None)

    def archive(self):
        """A profile is made and archives all their mailboxes"""
        console = self.console
        console.press('Close', console.window('Synchronization'))
        console.gone('Synchronization')
        console.page('Archive Email')
        console.click('Create Profile…', console.main())
        assistant = console.window('Create Profile')
        console.press('Next', assistant)
        console.see('Step 2 of 4: Mailboxes and Archive', assistant)
        console.choose('Credentials', re.compile('^' + CREDENTIAL), assistant)
        console.shot('08-profile-assistant')
        console.press('Next', assistant)
        console.see('Step 3 of 4: Folders', assistant)
        console.press('Next', assistant)
        console.see('Step 4 of 4: Name', assistant)
        console.press('Create', assistant)
        console.gone('Create Profile')
        result = self.run_profile()
        self.figures['messagesArchived'] = result['itemsArchived']
        self.figures['messagesFailed'] = result.get('itemsFailed', 0)
        assert result['itemsArchived'] == self.check_archive(), result
        assert not result.get('itemsFailed'), result

    def archive_again(self):
        """A second run archives only what is new"""
        new = 7
        self.tenant.write(self.users[0], 'Inbox', new)
        result = self.run_profile()
        self.figures['messagesArchivedBySecondRun'] = result['itemsArchived']
        assert result['itemsArchived'] == new, result
        self.figures['messagesInArchive'] = self.check_archive()

    def read(self):
        """The folder tree, a message and its attachment are shown"""
        console, main = self.console, self.console.main()
        user = 'harriet.oakes@alderbrook.example'
        console.page('Archive')
        console.click('Allow Reading…', main)
        console.respond('Allow Administrators to Read All Archives?', 'Allow')
        console.expand(user)
        console.expand('Exchange ' + user)
        console.click('Inbox', main.find('list', 'Folders'))
        row = wait(lambda: next((r for r in main.all('table row') if r.on_screen() and r.all('image', re.compile('ttachment'))),
                                None), 'a message with an attachment', 30)
        self.subject = [n.name for n in row.all('label')][1]
        row.all('label')[1].click()
        console.opened(self.subject, main)
        button = console.button(re.compile('^Save “.*”…$'), main, 30)
        self.console.shot('10-message')
        path = os.path.join(self.out, re.search('“(.*)”', button.name).group(1).replace('/', '_'))
        button.press()
        console.save_file(console.other().name, path)
        self.message = next(m for m in self.tenant.messages(user) if m['subject'] == self.subject and m['folder'] == 'Inbox')
        self.user = user
        sent = email.message_from_bytes(self.tenant.message(user, self.message['id']), policy=email.policy.default)
        line = next(words for words in sent.get_body(('plain',)).get_content().splitlines() if words.strip())
        shown = next(n.text for n in main.all('text', 'Message text') if n.on_screen())
        assert line.strip() in shown, 'the text %r is not shown' % line
        with open(path, 'rb') as f:
            assert f.read() in [part.get_payload(decode=True) for part in sent.iter_attachments()], 'the saved attachment differs'
        self.figures['attachmentBytes'] = os.path.getsize(path)

    def search(self):
        """A search finds what the mailboxes hold"""
        console, main = self.console, self.console.main()
        console.page('Search')
        entry = main.find('entry', 'Search')
        entry.text = WORD
        console.press('Search', main)
        label = console.see(re.compile(r'^[\d,.]+ messages?$'), main, 30)
        self.figures['messagesFound'] = digits(label.name)
        word = WORD.lower()
        expected = sum(1 for user in self.users for message in self.distinct(user) if word in message['subject'].lower())
        assert self.figures['messagesFound'] >= expected > 0, 'found %s, the subjects alone have %d' % (label.name, expected)
        # Not the row of the headings, which is there without any result.
        row = wait(lambda: next((r for r in main.walk(deep=True) if r.role == 'table row' and not r.all('label', 'From/To')
                                 and r.all('label') and r.on_screen()), None), 'a result', 30)
        subject = [n.name for n in row.all('label')][1]
        row.all('label')[1].click()
        console.opened(subject, main)

    def distinct(self, user):
        seen = {}
        for message in self.tenant.messages(user):
            if self.is_archived(user, message):
                seen.setdefault(message['sha256'], message)
        return seen.values()

    def save_as_eml(self):
        """A message saved as EML equals the tenant's bytes"""
        console, main = self.console, self.console.main()
        console.page('Archive')
        console.see(self.subject, main)
        path = os.path.join(self.out, 'message.eml')
        console.menu('Message Menu', 'Save As…', main)
        console.save_file(console.other().name, path)
        with open(path, 'rb') as f:
            saved = f.read()
        source = self.tenant.message(self.user, self.message['id'])
        assert saved == source, 'the saved message differs from the tenant’s'
        assert hashlib.sha256(saved).hexdigest() == self.message['sha256']
        self.figures['emlSha256'] = self.message['sha256']

    def kill_and_resume(self):
        """The server is killed in a run, restarted, resumes the run by itself: every message once, verify without fault"""
        console, main = self.console, self.console.main()
        receivers = self.users[:6]
        for user in receivers:
            self.tenant.write(user, 'Inbox', 40)
        expected = sum(self.expected_archive().values())
        before = sum(self.archived().values())
        self.tenant.post('/latency', {'milliseconds': 40})
        console.page('Archive Email')
        console.press(re.compile('^Run ' + PROFILE), main)
        wait(lambda: before < sum(self.archived().values()) < expected, 'a run in the middle', 120, every=0.1)
        pid = self.server.ready()['pid']
        os.kill(pid, signal.SIGKILL)
        self.tenant.post('/latency', {'milliseconds': 0})
        console.see('Reconnect', main, 30)
        console.shot('13-server-killed')
        # The run that is resumed gets nothing before it was counted what the killed one has left.
        self.tenant.post('/throttle', {'requests': 1000000, 'seconds': 2})
        console.press('Reconnect', main)
        wait(lambda: (self.server.ready() or {}).get('pid') not in (None, pid), 'a new server', 60)
        survived = sum(self.archived().values())
        # Nobody has pressed Run: the console shows that the server is at it, and Run shows the run.
        console.page('Archive Email')
        resumed = wait(lambda: next((r for r in [self.newest_result()] if r['result'] is None), None), 'the resumed run', 60)
        console.see(re.compile('^Running'), main, 30)
        console.shot('13-run-resumed')
        console.press(re.compile('^Run ' + PROFILE), main)
        console.button('Cancel', main)
        self.tenant.post('/throttle', {'requests': 0})
        console.button(re.compile('^Run ' + PROFILE), main, 300)
        results = self.results()
        result, interrupted = results[0], results[1]
        assert result['id'] == resumed['id'] and result['result'] == 'succeeded', (resumed, results[:2])
        assert interrupted['result'] == 'disconnected' and [r for r in results if r.get('interrupted')] == [interrupted], results
        assert self.check_archive() == expected
        assert before <= survived <= expected and result['itemsArchived'] == expected - survived, (before, survived, expected, result)
        self.check_each_message(receivers)
        verified = self.server.call('VerifyStores', includeIndexes=True)
        self.figures['afterKill'] = {'archivedBefore': before, 'survivedTheKill': survived, 'archivedByTheResumedRun': result['itemsArchived'],
                                     'expected': expected, 'verify': verified}
        assert verified['faults'] == 0, verified


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--prefix', required=True)
    parser.add_argument('--tenant', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--messages', type=int, default=3000)
    options = parser.parse_args()
    options.out = os.path.abspath(options.out)
    os.makedirs(options.out, exist_ok=True)
    # What an earlier job left there must not pass for this one's.
    for path in glob.glob(os.path.join(glob.escape(options.out), '*.png')) + [os.path.join(options.out, 'report.json')]:
        if os.path.exists(path):
            os.unlink(path)
    sys.exit(Job(options).run())


if __name__ == '__main__':
    main()
