// A line of paths with a button to choose them.
#pragma once

#include <QLineEdit>
#include <QStringList>
#include <QWidget>

namespace dotmoe::studio {

/// Several paths are separated by the system's list separator (':').
class PathsEdit : public QWidget {
    Q_OBJECT

  public:
    enum class Choose { texts, folder };

    PathsEdit(Choose choose, const QString& accessibleName, QWidget* parent = nullptr);

    QStringList paths() const;
    void setPaths(const QStringList& paths);
    void setPlaceholderText(const QString& text) { m_edit->setPlaceholderText(text); }
    QString placeholderText() const { return m_edit->placeholderText(); }

  signals:
    void changed();

  private:
    void addTexts();
    void chooseFolder(bool add);

    QLineEdit* m_edit;
};

}  // namespace dotmoe::studio
