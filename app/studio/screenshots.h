// Pictures of the window after a real conversion or of a recorded one, for the README and for machines
// without a display.
#pragma once

#include <QDir>
#include <QElapsedTimer>
#include <QObject>
#include <string>
#include <vector>

namespace dotmoe::studio {

class EventBridge;
class MainWindow;

/// Converts as soon as the window can, or takes the recording that is opened, with progress on stderr and the
/// table of metrics on stdout, writes TAB-light.png and TAB-dark.png of every tab, and of each tab within the
/// Routing and the Experts tab (TAB-light@2x.png at scale 2), then ends the application: with 0, or with 1
/// when the model, the run or a file failed.
class Screenshots : public QObject {
    Q_OBJECT

  public:
    Screenshots(MainWindow& window, const QDir& folder, std::vector<double> scales);

  private:
    void tellInTerminal(const EventBridge& bridge);
    void convertWhenReady();
    /// Has the Compare tab generate and turn its dial, and waits for both; a recording has no models to try.
    void tryOut();
    /// Forces an expert for a token in the middle of the text and asks which layer to blame for that token.
    void questionRouting();
    /// Has the Experts tab read its text and chooses the busiest expert.
    void profileExperts();
    /// Until the label that says what a panel is doing is empty.
    void waitFor(const char* progress);
    bool takeAll();
    bool takeTabs(const char* theme, double scale);
    bool take(const QString& name);

    MainWindow& m_window;
    QDir m_folder;
    std::vector<double> m_scales;
    bool m_begun = false;
    std::string m_phase;  ///< of the last progress line
    QElapsedTimer m_sinceProgress;
};

}  // namespace dotmoe::studio
