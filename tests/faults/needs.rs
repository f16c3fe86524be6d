//! What a fault needs of the machine it is injected on.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use crate::shim;

/// Something outside newsgrep that a machine may lack.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    Compiler,
    Mount,
    MountedImage,
    Strace,
    NetworkNamespace,
    AnotherUser,
}

static MOUNT: LazyLock<bool> = LazyLock::new(|| can_mount(&["-t", "tmpfs", "-o", "size=64k", "tmpfs"]));

static MOUNTED_IMAGE: LazyLock<bool> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image").to_str().unwrap().to_owned();
    File::create(&image).unwrap().set_len(4 << 20).unwrap();
    succeeds("mkfs.ext4", &["-q", "-F", &image]) && can_mount(&["-o", "loop", &image])
});

impl Need {
    /// What this machine lacks of it; `None` when it is there.
    pub(crate) fn lacking(&self) -> Option<&'static str> {
        let (is_there, lacking) = match self {
            Self::Compiler => (shim::is_built(), "no C compiler"),
            Self::Mount => (*MOUNT, "nothing can be mounted"),
            Self::MountedImage => (*MOUNTED_IMAGE, "no image can be mounted"),
            Self::Strace => (succeeds("strace", &["-e", "trace=none", "true"]), "no strace"),
            Self::NetworkNamespace => (succeeds("unshare", &["-r", "-n", "true"]), "no network namespaces"),
            Self::AnotherUser => {
                (succeeds("setpriv", &[&NOBODY[..], &["true"]].concat()), "commands cannot be run as another user")
            }
        };
        (!is_there).then_some(lacking)
    }
}

/// The arguments with which `setpriv` runs a command as a user who owns nothing.
pub(crate) const NOBODY: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];

/// Whether a program is there and ends well.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

fn can_mount(arguments: &[&str]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place").to_str().unwrap().to_owned();
    fs::create_dir(&place).unwrap();
    succeeds("mount", &[arguments, &[&place]].concat()) && succeeds("umount", &[&place])
}
