// A line at the top of the window that says what happened, without stopping anybody.
#pragma once

#include <QFrame>

class QLabel;

namespace dotmoe::studio {

class Banner : public QFrame {
    Q_OBJECT

  public:
    enum class Kind { info, warning, error };

    explicit Banner(QWidget* parent = nullptr);

    void show(Kind kind, const QString& message);
    QString message() const;
    Kind kind() const { return m_kind; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Kind m_kind = Kind::info;
    QLabel* m_sign;
    QLabel* m_text;
};

}  // namespace dotmoe::studio
