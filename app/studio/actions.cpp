#include "app/studio/actions.h"

#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

namespace dotmoe::studio {
namespace {

QAction* add(QMenu* menu, const char* name, const QString& text, const QKeySequence& shortcut,
             const QString& tip) {
    auto* action = menu->addAction(text);
    action->setObjectName(name);
    action->setShortcut(shortcut);
    action->setStatusTip(tip);
    action->setToolTip(QStringLiteral("%1 (%2)").arg(tip, shortcut.toString(QKeySequence::NativeText)));
    return action;
}

}  // namespace

Actions::Actions(QMainWindow& window) {
    const auto tr = [](const char* text) { return QMainWindow::tr(text); };
    auto* file = window.menuBar()->addMenu(tr("&File"));
    open = add(file, "open", tr("&Open model …"), QKeySequence::Open, tr("Open a GGUF file"));
    open->setIconText(tr("Open"));
    recent = file->addMenu(tr("Open &recent"));
    recent->menuAction()->setObjectName("openRecent");
    file->addSeparator();
    quit = add(file, "quit", tr("&Quit"), tr("Ctrl+Q"),
               tr("Close the window; a running conversion is asked about"));

    run = window.menuBar()->addMenu(tr("&Run"));
    convert =
        add(run, "convert", tr("&Convert"), tr("Ctrl+Return"), tr("Convert the open model with this recipe"));
    startOver = add(run, "startOver", tr("Start o&ver"), tr("Ctrl+Shift+Return"),
                    tr("Convert from the beginning, leaving the checkpoint aside"));
    pause = add(run, "pause", tr("&Pause"), tr("Ctrl+P"), tr("Hold the conversion between two steps"));
    stop = add(run, "stop", tr("&Stop"), tr("Ctrl+."), tr("Stop the conversion; its last checkpoint stays"));
    run->addSeparator();
    copyCommandLine = add(run, "copyCommandLine", tr("Copy as command &line"), tr("Ctrl+Shift+C"),
                          tr("The same conversion for a terminal, on the clipboard"));

    view = window.menuBar()->addMenu(tr("&View"));
    previousLayer =
        add(view, "previousLayer", tr("&Previous layer"), tr("Alt+Up"), tr("Look at the layer before"));
    nextLayer = add(view, "nextLayer", tr("&Next layer"), tr("Alt+Down"), tr("Look at the layer after"));
    follow = add(view, "follow", tr("&Follow the conversion"), tr("Ctrl+Shift+F"),
                 tr("Look at the layer that is being aligned; choosing a layer ends it"));
    follow->setCheckable(true);
    follow->setChecked(true);
    view->addSeparator();
    resetLayout = add(view, "resetLayout", tr("&Reset layout"), tr("Ctrl+Shift+0"),
                      tr("Panels where they were at first"));

    auto* help = window.menuBar()->addMenu(tr("&Help"));
    about = add(help, "about", tr("&About DOT-MoE Studio"), tr("F1"), tr("Version and licence"));
}

}  // namespace dotmoe::studio
