// What the window shows while nothing is open: where to begin, as cards.
#pragma once

#include <QWidget>

class QCommandLinkButton;
class QHBoxLayout;
class QVBoxLayout;

namespace dotmoe::studio {

class WelcomePanel : public QWidget {
    Q_OBJECT

  public:
    /// `toy`: whether there is one to watch.
    explicit WelcomePanel(bool toy, QWidget* parent = nullptr);

    /// Newest first.
    void setRecent(const QStringList& paths);
    /// Who has seen the tour finds it in the menu.
    void setTourSeen(bool seen);

  signals:
    void tourWanted();
    void toyWanted();
    void modelWanted();
    void folderWanted();
    void recentWanted(const QString& path);

  private:
    QCommandLinkButton* addCard(QHBoxLayout* row, const char* name, const QString& title,
                                const QString& description);

    QCommandLinkButton* m_tour;
    QWidget* m_recent;
    QVBoxLayout* m_recentRows;
};

}  // namespace dotmoe::studio
