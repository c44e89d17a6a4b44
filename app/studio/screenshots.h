// Pictures of the window after a real conversion, for the README and for machines without a display.
#pragma once

#include <QDir>
#include <QObject>

namespace dotmoe::studio {

class MainWindow;

/// Converts as soon as the window can, writes TAB-light.png and TAB-dark.png of every tab, then ends the
/// application: with 0, or with 1 when the model, the run or a file failed.
class Screenshots : public QObject {
    Q_OBJECT

  public:
    Screenshots(MainWindow& window, const QDir& folder);

  private:
    void convertWhenReady();
    bool takeAll();

    MainWindow& m_window;
    QDir m_folder;
    bool m_begun = false;
};

}  // namespace dotmoe::studio
