// Everything the window can be told to do: menus, shortcuts and toolbar in one place.
#pragma once

#include <QAction>
#include <QStringList>

class QComboBox;
class QMainWindow;
class QMenu;
class QToolBar;
class QUndoGroup;

namespace dotmoe::studio {

/// Made once for a window; every action is in a menu, has a shortcut, and works from the whole window.
struct Actions {
    Actions(QMainWindow& window, QUndoGroup& history);

    QAction *open, *openFolder, *saveRecording, *saveView, *exportModel, *quit;
    QAction *undo, *redo, *clearForcings;
    QAction *convert, *startOver, *pause, *stop, *fork, *measure, *copyCommandLine;
    QAction *generate, *turnDial, *stopTrial;
    QAction *previousLayer, *nextLayer, *follow, *colourByKl, *resetLayout, *larger, *smaller, *usualSize;
    QAction *play, *stepBack, *stepForward, *previousCheckpoint, *nextCheckpoint, *live, *loop, *mark,
        *unmark;
    QAction *palette, *shortcuts, *tour, *about;
    QMenu *recent, *run, *view, *time;
};

}  // namespace dotmoe::studio
