#!/usr/bin/env python3
"""Records what real programs write to a terminal of 80 columns and 24 rows, one file a program.

As under SSP, line drawing is asked for in Unicode. Run as root: the programs run in namespaces of their own, with an empty home and no other processes to see.
Usage: record.py [NAME]...
"""
import fcntl, os, pty, select, struct, subprocess, sys, termios, time

SETUP = r"""
hostname lab; mount -t tmpfs none /home; mkdir /home/user; cd /home/user
export HOME=/home/user PS1='\[\e[32m\]\u@\h\[\e[0m\]:\w$ ' GIT_PAGER='less -R'
git config --global user.name User; git config --global user.email user@example.org; git config --global init.defaultBranch main
git init -q project; cd project
for i in $(seq 30); do echo "line $i of the file" >> file.txt; git add .; git commit -qm "Change number $i"; done
printf 'int main(void) {\n    /* a comment */\n    return "text"[0];\n}\n' > main.c
seq -f 'int f%g(int a) { return a * 2 + f1(a - 1); } /* with a comment long enough to make the line wrap around */' 200 > long.c
sed -i 's/of the file/of this file/' file.txt; export LC_ALL=C.UTF-8
"""

CURSES = r"""
import curses
def main(s):
    curses.start_color(); curses.use_default_colors()
    for i in range(1, 60): curses.init_pair(i, i, -1 if i % 2 else 17)
    s.box(); s.addstr(1, 2, '漢字 and e\u0301 in a box', curses.A_BOLD)
    for i in range(1, 60): s.addstr(3 + i // 12, 2 + i % 12 * 6, f'{i:^5}', curses.color_pair(i) | (curses.A_REVERSE if i % 7 == 0 else 0))
    w = s.derwin(8, 40, 10, 10); w.box(); w.scrollok(True); w.setscrreg(1, 6); s.refresh()
    for i in range(20): w.addstr(6, 1, f'scrolling line {i}\n'); w.box(); w.refresh()
    s.getch()
curses.wrapper(main)
"""

ESC = "\x1b"
# Name: (command, keys typed one after the other once the screen is quiet)
PROGRAMS = {
    "bash": ("bash --norc", ["echo hello", ESC + "[D" * 3, "xyz", "\x01", "\x05\r", "ech\t\t", "\x15", "for i in 1 2 3; do echo $i; done # " + "long " * 20, "\x01", "true; ", "\r", "\x12hel", "\r"]),
    "bc": ("bc -q", ["2^200\r", "scale=20; 1/7\r", "quit\r"]),
    "column": ("bash -c 'head -60 /etc/services | column -t'", []),
    "curses": (["python3", "-c", CURSES], ["q"]),
    "diff": ("diff --color=always -y -W 79 <(seq 30) <(seq 5 40)", []),
    "dpkg": ("bash -c 'dpkg -l | head -40'", []),
    "gdb": ("gdb -q -nx", ["help\r", "q", "print 1+2\r", "quit\r"]),
    "git-diff": ("git diff --color", [" ", "q"]),
    "git-log": ("git log --graph --stat --color", [" ", " ", "b", "G", "g", "/27\r", "q"]),
    "grep": ("grep --color=always -n 'int\\|comment' long.c", []),
    "htop": ("htop -d 2", [ESC + "OB", ESC + "OB", "t", "I", "q"]),
    "ip": ("bash -c 'ip -c addr; ip -c -d link'", []),
    "ipython": ("ipython --colors=Linux", ["def f(x):\r", "return [x]*3\r\r", "f('a')\r", "%time sum(range(1000))\r", "exit\r"]),
    "less": ("less /etc/services", [" ", " ", "k", "k", "k", "b", "/http\r", "n", "G", "g", "d", "u", "q"]),
    "less-wrapped": ("less -N long.c", [" ", "k", ESC + "[C", "b", "q"]),
    "ls": ("ls --color=always -la /dev /usr /var", []),
    "man": ("man ls", [" ", " ", "b", "/recursive\r", "n", "G", "q"]),
    "more": ("more long.c", [" ", " ", "q"]),
    "node": ("node", ["[1,2,3].map(x => x*2)\r", "({a: 'text', b: null, c: /x/})\r", "Math.\t\t", "\x03", ".exit\r"]),
    "perl": ("perl -e 'binmode STDOUT, q(:utf8); for (1..200) { printf qq(%c[38;5;%dm%s), 27, $_, chr(0x2580 + $_ % 32) x 3 } print qq(\\n)'", []),
    "progress": (["python3", "-c", "import time\nfor i in range(101): print(f'\\r[{\"#\" * (i * 60 // 100):<60}] {i:3}%', end='', flush=True); time.sleep(.005)\nprint()"], []),
    "python": ("python3 -q", ["def f(x):\r", "  return [x] * 3\r\r", "f('漢')\r", "1/0\r", ESC + "[A", ESC + "[A", "\r", "help(len)\r", "q", "exit()\r"]),
    "scroll-region": ("bash -c 'printf \"\\e[2;20r\\e[20;1H\"; for i in $(seq 60); do printf \"\\nprogress of %d\" $i; printf \"\\e7\\e[24;1H\\e[42;30m %d %% \\e[m\\e8\" $i; done; printf \"\\e[r\\e[23;1H\"'", []),
    "sqlite": ("sqlite3 -box", ["create table t(a, b); insert into t values (1, 'one'), (2, 'zwölf'), (3, '三');\r", "select *, a*a from t;\r", ".quit\r"]),
    "tmux": ("tmux -f /dev/null -L recording new 'PS1=\"$ \" bash --norc'", ["ls -la\r", "\x02%", "seq 40\r", "\x02\"", "echo third\r", "\x02o", "clear\r", "\x02z", "\x02z", "\x02[", ESC + "[5~", "q", "\x02d"]),
    "top": ("COLUMNS=79 top -d 0.5", ["m", "t", "q"]),
    "utf8": ("bash -c 'for i in $(seq 30); do printf \"%d 漢字かな e\\u0301a\\u0308o\\u0302 \\U1f980 ｗｉｄｅ ─│┌ %s\\n\" $i $(printf \"字%.0s\" $(seq $i)); done'", []),
    "vim": ("vim -u NONE -N -c 'set ruler showcmd' main.c", ["Ohello world", ESC, "yy20p", "G", "dd", "u", ":split long.c\r", "\x06", "\x06", "\x02", "zz", ":set number wrap\r", "\x17w", "V3jd", "/text\r", ":q!\r", ":q!\r"]),
    "vim-syntax": ("vim -u NONE -N -c 'syntax on' -c 'set termguicolors hlsearch incsearch' long.c", ["/f1\r", "n", "\x04", "\x04", "\x15", "v10l", ESC, "ddp", "J", ":%s/int/long/g\r", ":vsplit\r", "\x04", ":qa!\r"]),
    "watch": ("watch -n 0.2 -d 'date +%N; ls -la'", ["", "", "\x03"]),
}


def record(name, command, keys):
    argv = command if isinstance(command, list) else ["bash", "-c", command]
    inner = ["unshare", "--pid", "--fork", "--net", "--uts", "--mount", "--mount-proc", "bash", "-c", SETUP + 'exec "$@"', "bash", *argv]
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", NCURSES_NO_UTF8_ACS="1")
        os.execvp(inner[0], inner)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    output = b""
    for step in [None, *keys, None]:
        if step is not None:
            os.write(terminal, step.encode())
        # Quiet for half a second, or busy for three.
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline and select.select([terminal], [], [], 1.5 if step is None else 0.5)[0]:
            try:
                output += os.read(terminal, 65536)
            except OSError:
                break
    os.close(terminal)
    os.waitpid(child, 0)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".raw"), "wb") as file:
        file.write(output)
    print(f"{name}: {len(output)} bytes")


for name in sys.argv[1:] or PROGRAMS:
    record(name, *PROGRAMS[name])
