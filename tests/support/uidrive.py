# SPDX-License-Identifier: GPL-3.0-or-later
"""uidrive: drive a GTK 4.8 application through AT-SPI, with XTest where AT-SPI is short.

Run with /usr/bin/python3 inside a rig session (DISPLAY, DBUS_SESSION_BUS_ADDRESS set).
Everything waits by polling with a deadline; nothing sleeps for a fixed time and hopes.
"""
import os, re, subprocess, time, warnings
warnings.simplefilter('ignore', DeprecationWarning)
import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib
Atspi.init()
W = Atspi.CoordType.WINDOW
DOUBLE_CLICK = 0.1    # rig-session's gtk-double-click-time: two clicks within it are one, and a list row does not answer to that
ST = Atspi.StateType

class Timeout(AssertionError): pass

def wait(fn, what='condition', timeout=10.0, every=0.05):
    end = time.monotonic() + timeout; err = None
    while True:
        try:
            r = fn()
            if r: return r
        except GLib.Error as e: err = e            # a node died under us: look again
        if time.monotonic() > end: raise Timeout('timed out waiting for %s (%s)' % (what, err))
        time.sleep(every)

def sh(*a):
    return subprocess.run(a, capture_output=True, text=True, timeout=20).stdout

class Node:
    def __init__(self, acc, app): self.a, self.app = acc, app
    role = property(lambda s: s.a.get_role_name())
    @property
    def name(self):
        # GTK 4.8 names a button '_Save Save' (property text, then label text) and a row 'Users Users'
        n = self.a.get_name() or ''
        half = n[len(n) // 2 + 1:]
        return half if half and n[:-len(half) - 1].replace('_', '', 1) == half else n
    def children(self): return [Node(c, self.app) for c in (self.a.get_child_at_index(i) for i in range(self.a.get_child_count())) if c]
    BIG = ('GtkColumnListView', 'GtkListView')      # a list view has up to ~205 rows in the tree: only look in when asked
    def walk(self, deep=False):
        st = [self]
        while st:
            n = st.pop(); yield n
            try:
                c = n.children()
                if not deep and n is not self and len(c) > 50 and n.a.get_name() in Node.BIG: continue
                st.extend(reversed(c))
            except GLib.Error: pass
    def all(self, role=None, name=None, pred=None, deep=False):
        return [n for n in self.walk(deep) if n.matches(role, name, pred)]
    def matches(self, role, name, pred):
        return ((role is None or self.role == role) and
                (name is None or (name.search(self.name) if hasattr(name, 'search') else self.name == name)) and (pred is None or pred(self)))
    def find(self, role=None, name=None, pred=None, timeout=10):
        return wait(lambda: next((n for n in self.walk() if n.matches(role, name, pred)), None), '%s %r' % (role, name), timeout)
    def has(self, st): return self.a.get_state_set().contains(st)
    sensitive = property(lambda s: s.has(ST.SENSITIVE))
    checked = property(lambda s: s.has(ST.CHECKED))
    selected = property(lambda s: s.has(ST.SELECTED))
    @property
    def text(self): return self.a.get_text(0, self.a.get_character_count())
    @text.setter
    def text(self, v):
        assert self.a.set_text_contents(v); wait(lambda: self.text == v, 'text %r' % v)
    def actions(self): return [self.a.get_action_name(i) for i in range(self.a.get_n_actions())]
    def do(self, action=None):
        acts = self.actions(); i = 0 if action is None else acts.index(action)
        assert self.a.do_action(i), 'action refused: %s' % acts
    press = do
    def select(self, i): assert self.a.select_child(i)
    def box(self): e = self.a.get_extents(W); return e.x, e.y, e.width, e.height
    def parents(self):
        p = self.a.get_parent()
        while p is not None:
            yield Node(p, self.app); p = p.get_parent()
    def window(self):
        """the top level it stands in, whatever its role: GTK 4.8 calls some dialogs 'filler'"""
        last = self
        for p in self.parents():
            if p.role == 'application': return last
            last = p
        return last
    def point(self):
        """centre of the node in X root coordinates"""
        x, y, w, h = self.box(); cx, cy = x + w // 2, y + h // 2
        pop = next((p for p in self.parents() if p.name in ('GtkPopover', 'GtkPopoverMenu')), None)
        if pop is not None:                         # popovers are their own X windows; AT-SPI places them wrongly
            px, py, pw, ph = pop.box(); wx, wy = self.app.popover_origin(pw, ph)
            return wx + cx - px, wy + cy - py
        wx, wy = self.app.window_origin(self.window().name); return wx + cx, wy + cy
    def settled(self):
        """the point, once two looks agree: what just appeared above may still push the node away"""
        last = []
        def same():
            last.append(self.point()); return len(last) > 1 and last[-1] == last[-2]
        wait(same, '%r to stand still' % self)
        return last[-1]
    clicked = 0
    def click(self, button=1, count=1):
        wait(lambda: time.monotonic() > Node.clicked + DOUBLE_CLICK)
        x, y = self.settled(); sh('xdotool', 'mousemove', '--sync', str(x), str(y)) if (x, y) != pointer() else None
        sh('xdotool', 'click', '--repeat', str(count), '--delay', '40', str(button))
        Node.clicked = time.monotonic()
    def on_screen(self):
        """GTK 4.8 says 'visible' of hidden stack pages too: ask what is drawn at the node's centre"""
        x, y, w, h = self.box()
        if w <= 0 or h <= 0: return False
        fr = self.window()
        for px in (x + w // 2, x + 6, x + w - 6):   # the GtkText inside an entry answers the hit test with nothing
            hit = fr.a.get_accessible_at_point(px, y + h // 2, W)
            while hit is not None:
                if hit == self.a: return True
                hit = hit.get_parent()
        return False
    def __repr__(self): return '<%s %r>' % (self.role, self.name)

def pointer():
    m = re.findall(r'(?:x|y):(\d+)', sh('xdotool', 'getmouselocation')); return int(m[0]), int(m[1])
def keys(*k): sh('xdotool', 'key', '--clearmodifiers', *k)
def screenshot(path):
    """the screen, once two looks at it are the same; what never stands still is taken as it is"""
    sh('xdotool', 'mousemove', '9999', '9999')
    looks = []
    def still():
        looks.append(subprocess.run(['import', '-window', 'root', 'ppm:-'], capture_output=True, check=True, timeout=20).stdout)
        return len(looks) > 1 and looks[-1] == looks[-2]
    try: wait(still, 'the screen to stand still', 3)
    except Timeout: pass
    subprocess.run(['convert', 'ppm:-', path], input=looks[-1], check=True, timeout=20)
    return path

class App(Node):
    def __init__(self, argv, name=None, env=None, log=None):
        self.log = open(log or os.path.join(os.environ.get('RIG_DIR', '/tmp'), 'app.log'), 'w+')
        self.p = subprocess.Popen(argv, stdout=self.log, stderr=subprocess.STDOUT, env=dict(os.environ, **(env or {})))
        name = name or os.path.basename(argv[0])
        def look():
            assert self.p.poll() is None, 'app exited %s: %s' % (self.p.returncode, self.output())
            d = Atspi.get_desktop(0)
            for i in range(d.get_child_count()):
                a = d.get_child_at_index(i)
                if a is not None and a.get_process_id() == self.p.pid and a.get_child_count(): return a
        Node.__init__(self, wait(look, 'application ' + name, 30), self)
    def output(self):
        with open(self.log.name) as f: return f.read()
    def frame(self, name=None): return self.find('frame', name)
    def xwindows(self):
        r = []
        for line in sh('xwininfo', '-root', '-tree').splitlines():
            m = re.match(r'\s+(0x[0-9a-f]+) "?(.*?)"?: \(.*\)\s+(\d+)x(\d+)\+-?\d+\+-?\d+\s+\+(-?\d+)\+(-?\d+)', line)
            if m: r.append((m.group(1), m.group(2)) + tuple(int(x) for x in m.groups()[2:]))
        return r
    def window_origin(self, title):
        wid, _, _, _, x, y = next(w for w in self.xwindows() if w[1] == title)
        fe = [int(v) for v in re.findall(r'\d+', sh('xprop', '-id', wid, '_GTK_FRAME_EXTENTS').partition('=')[2])] or [0] * 4
        return x + fe[0], y + fe[2]
    def popover_origin(self, w, h):
        c = [x for x in self.xwindows() if (x[2], x[3]) == (w, h)]
        assert c, 'no popover window %dx%d in %s' % (w, h, self.xwindows()); return c[0][4], c[0][5]
    def close(self, timeout=5):
        self.p.terminate(); self.log.close()
        try: return self.p.wait(timeout)
        except subprocess.TimeoutExpired: self.p.kill(); raise
