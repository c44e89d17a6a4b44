// Every view of a window saved as PNG, SVG or CSV: by its context menu, or by one action for the view used
// last.
#pragma once

#include <QObject>
#include <QPointer>
#include <QWidget>

class QMenu;

namespace dotmoe::studio {

class ViewSaver : public QObject {
    Q_OBJECT

  public:
    explicit ViewSaver(QWidget& window);

    /// Gives each SaveableView below the window its context menu: the view's own actions, then saving.
    void adopt();
    /// Asks for a file. The view that had the keyboard focus last, while it can be seen; else the largest
    /// one.
    void chooseWhereToSave();

  signals:
    void saved(const QString& path);
    void refused(const QString& reason);

  private:
    QWidget* chosenView() const;
    void showMenu(QWidget* view, QPoint position);
    void askFor(QWidget* view, const QString& suffix);
    void save(QWidget* view, const QString& path);

    QWidget& m_window;
    QList<QPointer<QWidget>> m_views;
    QPointer<QWidget> m_last;  ///< with the focus
};

}  // namespace dotmoe::studio
