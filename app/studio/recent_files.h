// Models, recordings and conversions opened lately, remembered between starts.
#pragma once

#include <QMenu>
#include <QObject>

namespace dotmoe::studio {

class RecentFiles : public QObject {
    Q_OBJECT

  public:
    /// Fills `menu` and keeps it filled.
    explicit RecentFiles(QMenu* menu);

    static constexpr int most = 8;
    void add(const QString& path);
    /// Newest first.
    QStringList paths() const;

  signals:
    void chosen(const QString& path);
    void changed(const QStringList& paths);

  private:
    void fill();

    QMenu* m_menu;
};

}  // namespace dotmoe::studio
