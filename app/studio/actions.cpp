#include "app/studio/actions.h"

#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QUndoGroup>

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

Actions::Actions(QMainWindow& window, QUndoGroup& history) {
    const auto tr = [](const char* text) { return QMainWindow::tr(text); };
    auto* file = window.menuBar()->addMenu(tr("&File"));
    open = add(file, "open", tr("&Open …"), QKeySequence::Open,
               tr("Open a model to convert (GGUF, or config.json of a Hugging Face folder), or a recording "
                  "to replay"));
    open->setIconText(tr("Open"));
    openFolder = add(file, "openFolder", tr("Open &folder …"), tr("Ctrl+Shift+E"),
                     tr("Open a conversion, or what dotmoe compare or sweep left, in the Compare tab"));
    recent = file->addMenu(tr("Open &recent"));
    recent->menuAction()->setObjectName("openRecent");
    saveRecording = add(file, "saveRecording", tr("&Save recording …"), QKeySequence::Save,
                        tr("Keep what happened in a file that replays without the model"));
    saveView = add(file, "saveView", tr("Save &view …"), tr("Ctrl+E"),
                   tr("The view used last as a picture (PNG, SVG) or its numbers (CSV)"));
    exportModel = add(file, "exportModel", tr("&Export …"), tr("Ctrl+Shift+X"),
                      tr("Write the conversion as a checkpoint that transformers or llama.cpp load"));
    exportModel->setIconText(tr("Export"));
    file->addSeparator();
    quit = add(file, "quit", tr("&Quit"), tr("Ctrl+Q"),
               tr("Close the window; a running conversion is asked about"));

    auto* edit = window.menuBar()->addMenu(tr("&Edit"));
    undo = history.createUndoAction(&window, tr("&Undo"));
    undo->setObjectName("undo");
    undo->setShortcut(tr("Ctrl+Z"));
    redo = history.createRedoAction(&window, tr("&Redo"));
    redo->setObjectName("redo");
    redo->setShortcut(tr("Ctrl+Shift+Z"));
    edit->addActions({undo, redo});
    edit->addSeparator();
    clearForcings = add(edit, "clearForcings", tr("&Clear forced experts"), tr("Ctrl+Shift+Backspace"),
                        tr("Leave every token of the Routing tab to the routers"));
    clearForcings->setIconText(tr("Clear"));

    run = window.menuBar()->addMenu(tr("&Run"));
    convert =
        add(run, "convert", tr("&Convert"), tr("Ctrl+Return"), tr("Convert the open model with this recipe"));
    startOver = add(run, "startOver", tr("Start o&ver"), tr("Ctrl+Shift+Return"),
                    tr("Convert from the beginning, leaving the checkpoint aside"));
    pause = add(run, "pause", tr("&Pause"), tr("Ctrl+P"), tr("Hold the conversion between two steps"));
    stop = add(run, "stop", tr("&Stop"), tr("Ctrl+."), tr("Stop the conversion; its last checkpoint stays"));
    fork = add(run, "fork", tr("&Fork …"), tr("Ctrl+B"),
               tr("Begin a new conversion where the one selected under Runs stood, with a setting changed"));
    measure = add(run, "measure", tr("&Measure cost"), tr("Ctrl+T"),
                  tr("Load the model and run a little of each phase: the prediction becomes that of this "
                     "machine as it is"));
    run->addSeparator();
    copyCommandLine = add(run, "copyCommandLine", tr("Copy as command &line"), tr("Ctrl+Shift+C"),
                          tr("The same conversion for a terminal, on the clipboard"));

    run->addSeparator();
    generate = add(run, "generate", tr("&Generate side by side"), tr("Ctrl+G"),
                   tr("The prompt of the Compare tab continued by the dense model and by the conversion"));
    generate->setIconText(tr("Generate"));
    turnDial = add(run, "turnDial", tr("Turn the k &dial"), tr("Ctrl+D"),
                   tr("Perplexity and speed of the conversion with fewer and more experts a token"));
    turnDial->setIconText(tr("Turn the dial"));
    stopTrial = add(run, "stopTrial", tr("Stop t&rial"), tr("Ctrl+Shift+D"),
                    tr("Ends the generation or the dial of the Compare tab"));
    stopTrial->setIconText(tr("Stop"));

    view = window.menuBar()->addMenu(tr("&View"));
    previousLayer =
        add(view, "previousLayer", tr("&Previous layer"), tr("Alt+Up"), tr("Look at the layer before"));
    nextLayer = add(view, "nextLayer", tr("&Next layer"), tr("Alt+Down"), tr("Look at the layer after"));
    follow = add(view, "follow", tr("&Follow the conversion"), tr("Ctrl+Shift+F"),
                 tr("Look at the layer that is being aligned; choosing a layer ends it"));
    follow->setCheckable(true);
    follow->setChecked(true);
    colourByKl = add(view, "colourByKl", tr("Colour tokens by &KL"), tr("Alt+K"),
                     tr("The Routing tab's tokens by their distance from the dense model, not by expert"));
    colourByKl->setCheckable(true);
    view->addSeparator();
    larger = add(view, "larger", tr("Zoom &in"), tr("Ctrl+="), tr("Everything larger"));
    smaller = add(view, "smaller", tr("Zoom &out"), tr("Ctrl+-"), tr("Everything smaller"));
    usualSize =
        add(view, "usualSize", tr("Usual si&ze"), tr("Ctrl+0"), tr("Everything as large as at first"));
    view->addSeparator();
    resetLayout = add(view, "resetLayout", tr("&Reset layout"), tr("Ctrl+Shift+0"),
                      tr("Panels where they were at first"));

    time = window.menuBar()->addMenu(tr("&Time"));
    play = add(time, "play", tr("&Play"), tr("Ctrl+Space"),
               tr("Replay what was recorded from here; a conversion goes on meanwhile"));
    stepBack = add(time, "stepBack", tr("&Back"), tr("Alt+Left"), tr("To the moment before"));
    stepForward = add(time, "stepForward", tr("&Forward"), tr("Alt+Right"), tr("To the moment after"));
    previousCheckpoint = add(time, "previousCheckpoint", tr("Pre&vious checkpoint"), tr("Alt+Shift+Left"),
                             tr("To the checkpoint before"));
    nextCheckpoint = add(time, "nextCheckpoint", tr("Ne&xt checkpoint"), tr("Alt+Shift+Right"),
                         tr("To the checkpoint after"));
    loop = add(time, "loop", tr("L&oop"), tr("Ctrl+Shift+O"), tr("Replay from the start again and again"));
    loop->setCheckable(true);
    time->addSeparator();
    live = add(time, "live", tr("&Live"), tr("Ctrl+L"), tr("Show what the conversion does now"));
    live->setCheckable(true);
    time->addSeparator();
    mark = add(time, "mark", tr("&Mark this moment"), tr("Ctrl+M"),
               tr("Migration is shown from here to the moment that the time bar shows"));
    unmark = add(time, "unmark", tr("For&get the mark"), tr("Ctrl+Shift+K"),
                 tr("Migration is shown from the first plan of each layer"));

    auto* help = window.menuBar()->addMenu(tr("&Help"));
    palette = add(help, "palette", tr("&Command palette …"), tr("Ctrl+Shift+P"),
                  tr("Any command, tab or layer by a few letters of its name"));
    shortcuts =
        add(help, "shortcuts", tr("&Keyboard and mouse …"), tr("F1"), tr("All shortcuts at a glance"));
    tour = add(help, "tour", tr("&Tour"), tr("Ctrl+Shift+T"),
               tr("What each part of the window shows; on the toy where nothing is open"));
    help->addSeparator();
    about = add(help, "about", tr("&About DOT-MoE Studio"), tr("Shift+F1"), tr("Version and licence"));
}

}  // namespace dotmoe::studio
