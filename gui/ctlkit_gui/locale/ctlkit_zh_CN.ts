<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>AboutDialog</name>
        <message>
            <source>About ctlkit</source>
            <translation>关于 ctlkit</translation>
        </message>
        <message>
            <source>Cop&amp;y</source>
            <translation>复制(&amp;Y)</translation>
        </message>
        <message>
            <source>Makes, changes and signs trust lists of phones with hardware tokens.</source>
            <translation>用硬件令牌制作、更改和签署电话的信任列表。</translation>
        </message>
        <message>
            <source>System</source>
            <translation>系统</translation>
        </message>
        <message>
            <source>The library is under the MIT licence, this window under the GNU General Public License, version 3 or later.</source>
            <translation>库采用 MIT 许可证；此窗口采用 GNU 通用公共许可证（GPL）第 3 版或更高版本。</translation>
        </message>
    </context>
    <context>
        <name>ActionPage</name>
        <message>
            <source>&amp;Update CTL File</source>
            <translation>更新 CTL 文件(&amp;U)</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>As it is now</source>
            <translation>当前状况</translation>
        </message>
        <message>
            <source>Asks every node anew; what was added stays</source>
            <translation>重新询问每个节点；已添加的内容保留</translation>
        </message>
        <message>
            <source>Look A&amp;gain (F5)</source>
            <translation>重新查看（F5）(&amp;G)</translation>
        </message>
        <message>
            <source>Mode of the cluster</source>
            <translation>集群的模式</translation>
        </message>
        <message>
            <source>Mode of the list</source>
            <translation>列表的模式</translation>
        </message>
        <message>
            <source>Node</source>
            <translation>节点</translation>
        </message>
        <message>
            <source>Phones may encrypt. Your tokens sign the list.</source>
            <translation>电话可以加密。列表由您的令牌签署。</translation>
        </message>
        <message>
            <source>Phones no longer encrypt. The list stays, and says so.</source>
            <translation>电话不再加密。列表保留，并注明这一点。</translation>
        </message>
        <message>
            <source>Place</source>
            <translation>位置</translation>
        </message>
        <message>
            <source>Practice</source>
            <translation>练习</translation>
        </message>
        <message>
            <source>Present list</source>
            <translation>当前列表</translation>
        </message>
        <message>
            <source>Release</source>
            <translation>版本</translation>
        </message>
        <message>
            <source>Set Cluster to &amp;Mixed Mode</source>
            <translation>将集群设置为混合模式(&amp;M)</translation>
        </message>
        <message>
            <source>Set Cluster to Non-&amp;Secure Mode</source>
            <translation>将集群设置为非安全模式(&amp;S)</translation>
        </message>
        <message>
            <source>Signed</source>
            <translation>签名时间</translation>
        </message>
        <message>
            <source>Signer</source>
            <translation>签名人</translation>
        </message>
        <message>
            <source>The present list on every node</source>
            <translation>每个节点上的当前列表</translation>
        </message>
        <message>
            <source>Tokens and servers are added or removed; the mode stays.</source>
            <translation>添加或删除令牌和服务器；模式不变。</translation>
        </message>
        <message>
            <source>What is to be done with the trust list.</source>
            <translation>请选择要对信任列表执行的操作。</translation>
        </message>
        <message>
            <source>mixed</source>
            <translation>混合模式</translation>
        </message>
        <message>
            <source>non-secure</source>
            <translation>非安全模式</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
    </context>
    <context>
        <name>AddServerDialog</name>
        <message>
            <source>&amp;Browse...</source>
            <translation>浏览(&amp;B)...</translation>
        </message>
        <message>
            <source>10.0.0.20</source>
            <translation>10.0.0.20</translation>
        </message>
        <message>
            <source>A list of tokens names a server by its IP address alone; others take its name too.</source>
            <translation>由令牌签署的列表只用 IP 地址表示服务器；其他列表也使用其名称。</translation>
        </message>
        <message>
            <source>Add Firewall</source>
            <translation>添加防火墙</translation>
        </message>
        <message>
            <source>Add TFTP Server</source>
            <translation>添加 TFTP 服务器</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>所有文件 (*)</translation>
        </message>
        <message>
            <source>CAPF</source>
            <translation>CAPF</translation>
        </message>
        <message>
            <source>Certificate &amp;file:</source>
            <translation>证书文件(&amp;F)：</translation>
        </message>
        <message>
            <source>Certificate file</source>
            <translation>证书文件</translation>
        </message>
        <message>
            <source>Certificate of the server</source>
            <translation>服务器的证书</translation>
        </message>
        <message>
            <source>Certificates (*.cer *.crt *.der *.pem)</source>
            <translation>证书 (*.cer *.crt *.der *.pem)</translation>
        </message>
        <message>
            <source>DER or PEM</source>
            <translation>DER 或 PEM</translation>
        </message>
        <message>
            <source>F&amp;unction:</source>
            <translation>功能(&amp;U)：</translation>
        </message>
        <message>
            <source>Firewall</source>
            <translation>防火墙</translation>
        </message>
        <message>
            <source>Host &amp;name:</source>
            <translation>主机名(&amp;N)：</translation>
        </message>
        <message>
            <source>IP &amp;address:</source>
            <translation>IP 地址(&amp;A)：</translation>
        </message>
        <message>
            <source>TFTP server (CCM+TFTP)</source>
            <translation>TFTP 服务器（CCM+TFTP）</translation>
        </message>
        <message>
            <source>tftp2.example.com</source>
            <translation>tftp2.example.com</translation>
        </message>
    </context>
    <context>
        <name>Banner</name>
        <message>
            <source>Co&amp;py</source>
            <translation>复制(&amp;P)</translation>
        </message>
        <message>
            <source>Copies the error with its details</source>
            <translation>复制错误及其详细信息</translation>
        </message>
        <message>
            <source>D&amp;etails</source>
            <translation>详细信息(&amp;E)</translation>
        </message>
        <message>
            <source>Details of the error</source>
            <translation>错误的详细信息</translation>
        </message>
        <message>
            <source>Shows the error's code and its values</source>
            <translation>显示错误的代码及其值</translation>
        </message>
    </context>
    <context>
        <name>CertificateFields</name>
        <message>
            <source>Decimal</source>
            <translation>十进制</translation>
        </message>
        <message>
            <source>Hexadecimal</source>
            <translation>十六进制</translation>
        </message>
        <message>
            <source>Issuer</source>
            <translation>颁发者</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>密钥</translation>
        </message>
        <message>
            <source>SHA-1</source>
            <translation>SHA-1</translation>
        </message>
        <message>
            <source>SHA-256</source>
            <translation>SHA-256</translation>
        </message>
        <message>
            <source>Serial in the list</source>
            <translation>列表中的序列号</translation>
        </message>
        <message>
            <source>Subject</source>
            <translation>主题</translation>
        </message>
        <message>
            <source>Valid from</source>
            <translation>生效时间</translation>
        </message>
        <message>
            <source>Valid to</source>
            <translation>到期时间</translation>
        </message>
    </context>
    <context>
        <name>CertificateViewer</name>
        <message>
            <source>&amp;Save...</source>
            <translation>保存(&amp;S)...</translation>
        </message>
        <message>
            <source>Certificate {0}</source>
            <translation>证书 {0}</translation>
        </message>
        <message>
            <source>DER (*.cer)</source>
            <translation>DER (*.cer)</translation>
        </message>
        <message>
            <source>PEM (*.pem)</source>
            <translation>PEM (*.pem)</translation>
        </message>
        <message>
            <source>Save the certificate</source>
            <translation>保存证书</translation>
        </message>
    </context>
    <context>
        <name>ConfirmationField</name>
        <message>
            <source>Go on without {0}</source>
            <translation>不等 {0}，继续进行</translation>
        </message>
        <message>
            <source>I have read this and want it</source>
            <translation>我已阅读，并希望这样做</translation>
        </message>
        <message>
            <source>To confirm, &amp;type {0}:</source>
            <translation>请输入 {0} 以确认(&amp;T)：</translation>
        </message>
        <message>
            <source>Warning</source>
            <translation>警告</translation>
        </message>
        <message>
            <source>confirmed</source>
            <translation>已确认</translation>
        </message>
        <message>
            <source>not confirmed yet</source>
            <translation>尚未确认</translation>
        </message>
        <message>
            <source>{0} does not answer</source>
            <translation>{0} 没有响应</translation>
        </message>
    </context>
    <context>
        <name>DragHandle</name>
        <message>
            <source>Drag this onto a folder or a message</source>
            <translation>请将其拖到文件夹或邮件中</translation>
        </message>
        <message>
            <source>drag it out as a file</source>
            <translation>可作为文件拖出</translation>
        </message>
    </context>
    <context>
        <name>EntriesPage</name>
        <message>
            <source>&amp;Certificate...</source>
            <translation>证书(&amp;C)...</translation>
        </message>
        <message>
            <source>&amp;Finish</source>
            <translation>完成(&amp;F)</translation>
        </message>
        <message>
            <source>A new list. Add at least two tokens, then press Finish: nothing is signed before you have seen the review.</source>
            <translation>新列表。请添加至少两个令牌，然后点击“完成”：在您核对之前，不会签署任何内容。</translation>
        </message>
        <message>
            <source>Add &amp;Tokens</source>
            <translation>添加令牌(&amp;T)</translation>
        </message>
        <message>
            <source>Add Fire&amp;wall</source>
            <translation>添加防火墙(&amp;W)</translation>
        </message>
        <message>
            <source>Add TFTP &amp;Server</source>
            <translation>添加 TFTP 服务器(&amp;S)</translation>
        </message>
        <message>
            <source>CTL entries</source>
            <translation>CTL 条目</translation>
        </message>
        <message>
            <source>De&amp;lete Selected</source>
            <translation>删除所选项(&amp;L)</translation>
        </message>
        <message>
            <source>Keep Se&amp;lected</source>
            <translation>保留所选项(&amp;L)</translation>
        </message>
        <message>
            <source>The present list with your changes. Finish leads to the review: nothing is signed before you have seen it.</source>
            <translation>当前列表和您的更改。点击“完成”后先进行核对：在此之前，不会签署任何内容。</translation>
        </message>
        <message>
            <source>Why it cannot be deleted</source>
            <translation>不能删除的原因</translation>
        </message>
    </context>
    <context>
        <name>EntryTable</name>
        <message>
            <source>DNS name / IP address</source>
            <translation>DNS 名称 / IP 地址</translation>
        </message>
        <message>
            <source>Function</source>
            <translation>功能</translation>
        </message>
        <message>
            <source>Issuer</source>
            <translation>颁发者</translation>
        </message>
        <message>
            <source>Serial number</source>
            <translation>序列号</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Subject</source>
            <translation>主题</translation>
        </message>
        <message>
            <source>changed</source>
            <translation>更改</translation>
        </message>
        <message>
            <source>kept</source>
            <translation>保留</translation>
        </message>
        <message>
            <source>new</source>
            <translation>新增</translation>
        </message>
        <message>
            <source>removed</source>
            <translation>删除</translation>
        </message>
        <message>
            <source>{0} (was {1})</source>
            <translation>{0}（原为 {1}）</translation>
        </message>
        <message>
            <source>{0}: {1}</source>
            <translation>{0}：{1}</translation>
        </message>
    </context>
    <context>
        <name>ExamineDialog</name>
        <message>
            <source>&amp;Certificate...</source>
            <translation>证书(&amp;C)...</translation>
        </message>
        <message>
            <source>&amp;Entries</source>
            <translation>条目(&amp;E)</translation>
        </message>
        <message>
            <source>As the server &amp;prints it</source>
            <translation>服务器显示的内容(&amp;P)</translation>
        </message>
        <message>
            <source>As the server prints it</source>
            <translation>服务器显示的内容</translation>
        </message>
        <message>
            <source>Busy</source>
            <translation>正在处理</translation>
        </message>
        <message>
            <source>Checked with the signer that it names itself.</source>
            <translation>已根据列表自己指明的签名人检查。</translation>
        </message>
        <message>
            <source>Checked with what is trusted: {0}</source>
            <translation>已根据信任来源检查：{0}</translation>
        </message>
        <message>
            <source>Cop&amp;y Text</source>
            <translation>复制文本(&amp;Y)</translation>
        </message>
        <message>
            <source>Entries</source>
            <translation>条目</translation>
        </message>
        <message>
            <source>File name inside</source>
            <translation>列表中的文件名</translation>
        </message>
        <message>
            <source>Hash</source>
            <translation>摘要算法</translation>
        </message>
        <message>
            <source>It is being read...</source>
            <translation>正在读取...</translation>
        </message>
        <message>
            <source>Its issuer</source>
            <translation>签名人的颁发者</translation>
        </message>
        <message>
            <source>Its serial number</source>
            <translation>签名人的序列号</translation>
        </message>
        <message>
            <source>MD5</source>
            <translation>MD5</translation>
        </message>
        <message>
            <source>Name a list or a certificate that is trusted</source>
            <translation>请指定受信任的列表或证书</translation>
        </message>
        <message>
            <source>SHA-1</source>
            <translation>SHA-1</translation>
        </message>
        <message>
            <source>Signed</source>
            <translation>签名时间</translation>
        </message>
        <message>
            <source>Signer</source>
            <translation>签名人</translation>
        </message>
        <message>
            <source>The signature is right.</source>
            <translation>签名正确。</translation>
        </message>
        <message>
            <source>Verify &amp;against...</source>
            <translation>指定信任来源并验证(&amp;A)...</translation>
        </message>
        <message>
            <source>What is trusted: a list or a certificate</source>
            <translation>信任来源：列表或证书</translation>
        </message>
        <message>
            <source>cannot tell</source>
            <translation>无法判断</translation>
        </message>
        <message>
            <source>not valid</source>
            <translation>无效</translation>
        </message>
        <message>
            <source>valid</source>
            <translation>有效</translation>
        </message>
    </context>
    <context>
        <name>Footer</name>
        <message>
            <source>&amp;Back</source>
            <translation>上一步(&amp;B)</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>帮助(&amp;H)</translation>
        </message>
        <message>
            <source>&amp;Next</source>
            <translation>下一步(&amp;N)</translation>
        </message>
        <message>
            <source>Asking the trust service...</source>
            <translation>正在询问信任验证服务...</translation>
        </message>
        <message>
            <source>Asking what phones would do...</source>
            <translation>正在查询电话会如何反应...</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Opening the place and reading every node...</source>
            <translation>正在打开位置并读取每个节点...</translation>
        </message>
        <message>
            <source>Putting the kept list back...</source>
            <translation>正在恢复保存的列表...</translation>
        </message>
        <message>
            <source>Putting the list together...</source>
            <translation>正在组成列表...</translation>
        </message>
        <message>
            <source>Reading place and tokens again...</source>
            <translation>正在重新读取位置和令牌...</translation>
        </message>
        <message>
            <source>Reading the certificate...</source>
            <translation>正在读取证书...</translation>
        </message>
        <message>
            <source>Restarting services, one node after the other...</source>
            <translation>正在逐个节点重新启动服务...</translation>
        </message>
        <message>
            <source>Signing and writing; the window stays open meanwhile...</source>
            <translation>正在签署和写入，其间窗口保持打开...</translation>
        </message>
        <message>
            <source>Something is being done</source>
            <translation>正在处理</translation>
        </message>
        <message>
            <source>Stopping...</source>
            <translation>正在停止...</translation>
        </message>
        <message>
            <source>Writing; the window stays open meanwhile...</source>
            <translation>正在写入，其间窗口保持打开...</translation>
        </message>
    </context>
    <context>
        <name>ForgetQuestion</name>
        <message>
            <source>&amp;Begin anew</source>
            <translation>重新开始(&amp;B)</translation>
        </message>
        <message>
            <source>&amp;Stay</source>
            <translation>留下(&amp;S)</translation>
        </message>
        <message>
            <source>Another place</source>
            <translation>另一个位置</translation>
        </message>
        <message>
            <source>Begin anew with another place?</source>
            <translation>要在另一个位置重新开始吗？</translation>
        </message>
        <message>
            <source>The tokens and servers that were added are forgotten.</source>
            <translation>已添加的令牌和服务器不会保留。</translation>
        </message>
    </context>
    <context>
        <name>HandOverQuestion</name>
        <message>
            <source>&amp;Copy the steps</source>
            <translation>复制步骤(&amp;C)</translation>
        </message>
        <message>
            <source>&amp;Done, look at the nodes again</source>
            <translation>已完成，重新查看节点(&amp;D)</translation>
        </message>
        <message>
            <source>&amp;Not done</source>
            <translation>未完成(&amp;N)</translation>
        </message>
        <message>
            <source>File on this computer</source>
            <translation>此计算机上的文件</translation>
        </message>
        <message>
            <source>Name on the nodes</source>
            <translation>节点上的名称</translation>
        </message>
        <message>
            <source>Nodes</source>
            <translation>节点</translation>
        </message>
        <message>
            <source>Put the files in place</source>
            <translation>放置文件</translation>
        </message>
        <message>
            <source>SHA-1 of the file</source>
            <translation>文件的 SHA-1</translation>
        </message>
        <message>
            <source>The lists before it</source>
            <translation>以前的列表</translation>
        </message>
        <message>
            <source>This cluster takes the list by hand</source>
            <translation>此集群的列表需要手动放置</translation>
        </message>
        <message>
            <source>the steps</source>
            <translation>步骤</translation>
        </message>
    </context>
    <context>
        <name>HostKeyQuestion</name>
        <message>
            <source>&amp;Refuse</source>
            <translation>拒绝(&amp;R)</translation>
        </message>
        <message>
            <source>&amp;Trust this server</source>
            <translation>信任此服务器(&amp;T)</translation>
        </message>
        <message>
            <source>Compare the fingerprint with what the server's administrator says. It is remembered, and a change of it will be refused.</source>
            <translation>请将指纹与服务器管理员提供的指纹比较。指纹会被记住，以后如有变化将被拒绝。</translation>
        </message>
        <message>
            <source>Fingerprint</source>
            <translation>指纹</translation>
        </message>
        <message>
            <source>Key of the server</source>
            <translation>服务器的主机密钥</translation>
        </message>
        <message>
            <source>Kind of key</source>
            <translation>密钥种类</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>This server is not known yet</source>
            <translation>此服务器尚属未知</translation>
        </message>
    </context>
    <context>
        <name>InsertTokenPage</name>
        <message>
            <source>&amp;Copy</source>
            <translation>复制(&amp;C)</translation>
        </message>
        <message>
            <source>&amp;Rescan (F5)</source>
            <translation>重新扫描（F5）(&amp;R)</translation>
        </message>
        <message>
            <source>Certificate</source>
            <translation>证书</translation>
        </message>
        <message>
            <source>Choose the token; one that is plugged in appears by itself.</source>
            <translation>请选择令牌；新插入的令牌会自动出现。</translation>
        </message>
        <message>
            <source>Copies what was tried and found, to be passed on</source>
            <translation>复制尝试过和发现的内容，以便转交</translation>
        </message>
        <message>
            <source>Insert Token</source>
            <translation>插入令牌</translation>
        </message>
        <message>
            <source>Insert a Security Token. Click Ok when done.</source>
            <translation>请插入安全令牌。完成后点击“确定”。</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>种类</translation>
        </message>
        <message>
            <source>Label</source>
            <translation>标签</translation>
        </message>
        <message>
            <source>Libraries that were tried</source>
            <translation>尝试过的库</translation>
        </message>
        <message>
            <source>Library that was tried</source>
            <translation>尝试过的库</translation>
        </message>
        <message>
            <source>Looking for tokens...</source>
            <translation>正在查找令牌...</translation>
        </message>
        <message>
            <source>Looks for tokens anew</source>
            <translation>重新查找令牌</translation>
        </message>
        <message>
            <source>Named by</source>
            <translation>来源</translation>
        </message>
        <message>
            <source>No token is seen. One that is plugged in now appears here by itself.</source>
            <translation>没有看到令牌。现在插入的令牌会自动出现在这里。</translation>
        </message>
        <message>
            <source>O&amp;k</source>
            <translation>确定(&amp;K)</translation>
        </message>
        <message>
            <source>One of these will do: {0}.</source>
            <translation>以下任何一个都可以：{0}。</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN</translation>
        </message>
        <message>
            <source>Serial number</source>
            <translation>序列号</translation>
        </message>
        <message>
            <source>Slots</source>
            <translation>插槽</translation>
        </message>
        <message>
            <source>The token that signs the list is needed.</source>
            <translation>需要用来签署列表的令牌。</translation>
        </message>
        <message>
            <source>Tokens that are plugged in</source>
            <translation>已插入的令牌</translation>
        </message>
        <message>
            <source>What came of it</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Why no token may be seen</source>
            <translation>看不到令牌的可能原因</translation>
        </message>
        <message>
            <source>loaded</source>
            <translation>已加载</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>{0} (added)</source>
            <translation>{0}（已添加）</translation>
        </message>
    </context>
    <context>
        <name>LeaveQuestion</name>
        <message>
            <source>&amp;Leave</source>
            <translation>离开(&amp;L)</translation>
        </message>
        <message>
            <source>&amp;Stay</source>
            <translation>留下(&amp;S)</translation>
        </message>
        <message>
            <source>Leave</source>
            <translation>离开</translation>
        </message>
        <message>
            <source>Leave before the list is finished?</source>
            <translation>列表尚未完成，要离开吗？</translation>
        </message>
        <message>
            <source>Leave the cluster as it is now?</source>
            <translation>要让集群保持现在的状态并离开吗？</translation>
        </message>
        <message>
            <source>Not every node holds the same list: not {0}.</source>
            <translation>并非每个节点都有相同的列表：{0} 没有。</translation>
        </message>
        <message>
            <source>The tokens and servers that were added are forgotten.</source>
            <translation>已添加的令牌和服务器不会保留。</translation>
        </message>
    </context>
    <context>
        <name>NodeTable</name>
        <message>
            <source>Details</source>
            <translation>详细信息</translation>
        </message>
        <message>
            <source>File location</source>
            <translation>文件位置</translation>
        </message>
        <message>
            <source>MD5</source>
            <translation>MD5</translation>
        </message>
        <message>
            <source>SHA-1</source>
            <translation>SHA-1</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Status</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>connecting</source>
            <translation>正在连接</translation>
        </message>
        <message>
            <source>does not vouch</source>
            <translation>不认可</translation>
        </message>
        <message>
            <source>done</source>
            <translation>完成</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>keeping the present file</source>
            <translation>正在保存当前文件</translation>
        </message>
        <message>
            <source>putting the new file in place</source>
            <translation>正在放置新文件</translation>
        </message>
        <message>
            <source>reading</source>
            <translation>正在读取</translation>
        </message>
        <message>
            <source>reading it back</source>
            <translation>正在读回</translation>
        </message>
        <message>
            <source>restarting</source>
            <translation>正在重新启动</translation>
        </message>
        <message>
            <source>vouches</source>
            <translation>认可</translation>
        </message>
        <message>
            <source>waiting</source>
            <translation>正在等待</translation>
        </message>
        <message>
            <source>was so already</source>
            <translation>无需更改</translation>
        </message>
        <message>
            <source>writing</source>
            <translation>正在写入</translation>
        </message>
        <message>
            <source>{0}: vouches for the list's signer.</source>
            <translation>{0}：认可列表的签名人。</translation>
        </message>
        <message>
            <source>{0}: {1}</source>
            <translation>{0}：{1}</translation>
        </message>
    </context>
    <context>
        <name>NoticeQuestion</name>
        <message>
            <source>&amp;OK</source>
            <translation>确定(&amp;O)</translation>
        </message>
        <message>
            <source>Please note</source>
            <translation>请注意</translation>
        </message>
    </context>
    <context>
        <name>PasswordPage</name>
        <message>
            <source>&amp;Sign</source>
            <translation>签署(&amp;S)</translation>
        </message>
        <message>
            <source>Cisco tokens come with Cisco123.</source>
            <translation>Cisco 令牌的默认密码是 Cisco123。</translation>
        </message>
        <message>
            <source>I am sure of the PIN: &amp;use the last try. A wrong one locks the token for good</source>
            <translation>我确信 PIN 正确，请使用最后一次机会；输错会永久锁定令牌(&amp;U)</translation>
        </message>
        <message>
            <source>PIN state:</source>
            <translation>PIN 状态：</translation>
        </message>
        <message>
            <source>Pass&amp;word (PIN):</source>
            <translation>密码（PIN）(&amp;W)：</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>密码</translation>
        </message>
        <message>
            <source>Serial number:</source>
            <translation>序列号：</translation>
        </message>
        <message>
            <source>The PIN is typed at the reader, when it asks for it after Sign.</source>
            <translation>点击“签署”后，请在读卡器提示时，在读卡器上输入 PIN。</translation>
        </message>
        <message>
            <source>The PIN of the token; it is never kept</source>
            <translation>令牌的 PIN；不会保存</translation>
        </message>
        <message>
            <source>This token asks for no PIN.</source>
            <translation>此令牌不需要 PIN。</translation>
        </message>
        <message>
            <source>Token:</source>
            <translation>令牌：</translation>
        </message>
        <message>
            <source>With it the token signs the list, and the list is written to the nodes.</source>
            <translation>输入后，令牌签署列表，然后把列表写入节点。</translation>
        </message>
    </context>
    <context>
        <name>PasswordQuestion</name>
        <message>
            <source>&amp;OK</source>
            <translation>确定(&amp;O)</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>It is not kept.</source>
            <translation>密码不会保存。</translation>
        </message>
        <message>
            <source>Pass&amp;word:</source>
            <translation>密码(&amp;W)：</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>密码</translation>
        </message>
        <message>
            <source>Password of {user} on {host}</source>
            <translation>{user} 在 {host} 上的密码</translation>
        </message>
    </context>
    <context>
        <name>PhoneAnswers</name>
        <message>
            <source>Accepts</source>
            <translation>接受</translation>
        </message>
        <message>
            <source>Cannot tell</source>
            <translation>无法判断</translation>
        </message>
        <message>
            <source>Refuses</source>
            <translation>拒绝</translation>
        </message>
        <message>
            <source>{0}: {1}</source>
            <translation>{0}：{1}</translation>
        </message>
        <message>
            <source>{0}: {1} (phones: {2})</source>
            <translation>{0}：{1}（{2} 部电话）</translation>
        </message>
    </context>
    <context>
        <name>PhoneFile</name>
        <message>
            <source>&amp;List of phones...</source>
            <translation>电话列表(&amp;L)...</translation>
        </message>
        <message>
            <source>A CSV with the model and the number of the phones, a line each</source>
            <translation>CSV 文件，每行是一种型号和电话的数量</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>所有文件 (*)</translation>
        </message>
        <message>
            <source>Judged by kind: which phones there are is not known.</source>
            <translation>按种类判断：不知道有哪些电话。</translation>
        </message>
        <message>
            <source>Judged by {0}.</source>
            <translation>根据 {0} 判断。</translation>
        </message>
        <message>
            <source>List of phones</source>
            <translation>电话列表</translation>
        </message>
        <message>
            <source>Lists (*.csv *.txt)</source>
            <translation>列表 (*.csv *.txt)</translation>
        </message>
        <message>
            <source>Witho&amp;ut list</source>
            <translation>不用列表(&amp;U)</translation>
        </message>
    </context>
    <context>
        <name>PinState</name>
        <message>
            <source>a wrong one was typed before</source>
            <translation>以前输错过</translation>
        </message>
        <message>
            <source>has to be changed first</source>
            <translation>必须先更改</translation>
        </message>
        <message>
            <source>in order</source>
            <translation>正常</translation>
        </message>
        <message>
            <source>locked</source>
            <translation>已锁定</translation>
        </message>
        <message>
            <source>none is set yet</source>
            <translation>尚未设置</translation>
        </message>
        <message>
            <source>one try is left, a wrong one locks it</source>
            <translation>只剩最后一次机会，输错会锁定</translation>
        </message>
    </context>
    <context>
        <name>ProgressPage</name>
        <message>
            <source>&amp;Retry</source>
            <translation>重试(&amp;R)</translation>
        </message>
        <message>
            <source>Please leave the token in its place until all is done.</source>
            <translation>在全部完成之前，请勿拔出令牌。</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Servers and how far each is</source>
            <translation>各服务器的进度</translation>
        </message>
        <message>
            <source>Sign and write</source>
            <translation>签署并写入</translation>
        </message>
        <message>
            <source>Type the PIN at the reader.</source>
            <translation>请在读卡器上输入 PIN。</translation>
        </message>
    </context>
    <context>
        <name>QAbstractFileIconProvider</name>
        <message>
            <source>Drive</source>
            <translation>驱动器</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Unknown</source>
            <translation>未知</translation>
        </message>
    </context>
    <context>
        <name>QFileDialog</name>
        <message>
            <source>&amp;Look in:</source>
            <translation>查找范围(&amp;L)：</translation>
        </message>
        <message>
            <source>Files of &amp;type:</source>
            <translation>文件类型(&amp;T)：</translation>
        </message>
    </context>
    <context>
        <name>RemainsPage</name>
        <message>
            <source>&amp;Close</source>
            <translation>关闭(&amp;C)</translation>
        </message>
        <message>
            <source>Ask &amp;Trust Service</source>
            <translation>询问信任验证服务(&amp;T)</translation>
        </message>
        <message>
            <source>Cop&amp;y Checklist</source>
            <translation>复制核对清单(&amp;Y)</translation>
        </message>
        <message>
            <source>Phones take the new list when they restart. In this order:</source>
            <translation>电话在重新启动时接收新列表。请按以下顺序进行：</translation>
        </message>
        <message>
            <source>Re&amp;start Services</source>
            <translation>重新启动服务(&amp;S)</translation>
        </message>
        <message>
            <source>Rest&amp;ore...</source>
            <translation>恢复(&amp;O)...</translation>
        </message>
        <message>
            <source>Restarting the services</source>
            <translation>重新启动服务</translation>
        </message>
        <message>
            <source>Servers and how far each is</source>
            <translation>各服务器的进度</translation>
        </message>
        <message>
            <source>What remains</source>
            <translation>后续工作</translation>
        </message>
        <message>
            <source>What the trust service says</source>
            <translation>信任验证服务的答复</translation>
        </message>
        <message>
            <source>Why the services cannot be restarted</source>
            <translation>不能重新启动服务的原因</translation>
        </message>
    </context>
    <context>
        <name>RestartQuestion</name>
        <message>
            <source>&amp;Do not restart</source>
            <translation>不重新启动(&amp;D)</translation>
        </message>
        <message>
            <source>&amp;Restart</source>
            <translation>重新启动(&amp;R)</translation>
        </message>
        <message>
            <source>One node after the other: {0}. Phones there register again; calls may end.</source>
            <translation>逐个节点进行：{0}。那里的电话会重新注册；通话可能中断。</translation>
        </message>
        <message>
            <source>Phones that do not know the signer refuse the list then, and keep the old one until somebody deletes it on each.</source>
            <translation>不认识签名人的电话届时将拒绝该列表，并保留旧列表，直到有人在每部电话上将其删除。</translation>
        </message>
        <message>
            <source>Restart Services</source>
            <translation>重新启动服务</translation>
        </message>
        <message>
            <source>Restart TFTP and CallManager now?</source>
            <translation>现在重新启动 TFTP 和 CallManager 吗？</translation>
        </message>
        <message>
            <source>Restart before the trust service vouches?</source>
            <translation>要在信任验证服务认可之前重新启动吗？</translation>
        </message>
        <message>
            <source>The trust service does not vouch for the new list's signer on {0}.</source>
            <translation>{0} 上的信任验证服务不认可新列表的签名人。</translation>
        </message>
        <message>
            <source>The trust service was not asked yet. Ask Trust Service asks it.</source>
            <translation>尚未询问信任验证服务。“询问信任验证服务”可询问它。</translation>
        </message>
    </context>
    <context>
        <name>RestoreQuestion</name>
        <message>
            <source>&amp;Keep the new list</source>
            <translation>保留新列表(&amp;K)</translation>
        </message>
        <message>
            <source>I have &amp;read this: put the kept list back</source>
            <translation>我已阅读，请恢复保存的列表(&amp;R)</translation>
        </message>
        <message>
            <source>Put the kept list back on every node?</source>
            <translation>要在每个节点上恢复保存的列表吗？</translation>
        </message>
        <message>
            <source>Re&amp;store</source>
            <translation>恢复(&amp;S)</translation>
        </message>
        <message>
            <source>Restore</source>
            <translation>恢复</translation>
        </message>
        <message>
            <source>What phones will do</source>
            <translation>电话的反应</translation>
        </message>
    </context>
    <context>
        <name>ReviewPage</name>
        <message>
            <source>Afterwards</source>
            <translation>之后</translation>
        </message>
        <message>
            <source>Before you go on</source>
            <translation>继续之前</translation>
        </message>
        <message>
            <source>Difference between the present and the new list</source>
            <translation>当前列表与新列表的差异</translation>
        </message>
        <message>
            <source>Hash that is signed: {0}.</source>
            <translation>签名的摘要算法：{0}。</translation>
        </message>
        <message>
            <source>How to have it accepted</source>
            <translation>如何让电话接受</translation>
        </message>
        <message>
            <source>Nothing is signed or written yet.</source>
            <translation>尚未签署或写入任何内容。</translation>
        </message>
        <message>
            <source>Review</source>
            <translation>核对</translation>
        </message>
        <message>
            <source>Show &amp;kept entries too</source>
            <translation>同时显示保留的条目(&amp;K)</translation>
        </message>
        <message>
            <source>Si&amp;gned by:</source>
            <translation>签名人(&amp;G)：</translation>
        </message>
        <message>
            <source>The cluster is set to mixed mode first.</source>
            <translation>首先将集群设置为混合模式。</translation>
        </message>
        <message>
            <source>The cluster is set to non-secure mode first.</source>
            <translation>首先将集群设置为非安全模式。</translation>
        </message>
        <message>
            <source>The list says that the cluster is in mixed mode.</source>
            <translation>列表表示集群处于混合模式。</translation>
        </message>
        <message>
            <source>The list says that the cluster is non-secure.</source>
            <translation>列表表示集群处于非安全模式。</translation>
        </message>
        <message>
            <source>Token that signs</source>
            <translation>用来签署的令牌</translation>
        </message>
        <message>
            <source>What changes</source>
            <translation>变更</translation>
        </message>
        <message>
            <source>What is signed</source>
            <translation>签署的内容</translation>
        </message>
        <message>
            <source>What phones will do</source>
            <translation>电话的反应</translation>
        </message>
        <message>
            <source>Which phones will accept the list was not checked.</source>
            <translation>没有检查哪些电话会接受此列表。</translation>
        </message>
        <message>
            <source>{0} (serial {1})</source>
            <translation>{0}（序列号 {1}）</translation>
        </message>
    </context>
    <context>
        <name>SaveLog</name>
        <message>
            <source>Log (*.log)</source>
            <translation>日志 (*.log)</translation>
        </message>
        <message>
            <source>Save the log</source>
            <translation>保存日志</translation>
        </message>
    </context>
    <context>
        <name>ServerPage</name>
        <message>
            <source>&amp;Folder:</source>
            <translation>文件夹(&amp;F)：</translation>
        </message>
        <message>
            <source>&amp;Server:</source>
            <translation>服务器(&amp;S)：</translation>
        </message>
        <message>
            <source>&amp;User name:</source>
            <translation>用户名(&amp;U)：</translation>
        </message>
        <message>
            <source>A cluster that was made with ctlkit lab.</source>
            <translation>用 ctlkit lab 创建的集群。</translation>
        </message>
        <message>
            <source>A folder on this computer</source>
            <translation>此计算机上的文件夹</translation>
        </message>
        <message>
            <source>A place of the configuration file</source>
            <translation>配置文件中的位置</translation>
        </message>
        <message>
            <source>B&amp;rowse...</source>
            <translation>浏览(&amp;R)...</translation>
        </message>
        <message>
            <source>Choose a folder</source>
            <translation>选择文件夹</translation>
        </message>
        <message>
            <source>Chooses a folder of this computer</source>
            <translation>选择此计算机上的文件夹</translation>
        </message>
        <message>
            <source>Empty: 22</source>
            <translation>留空则为 22</translation>
        </message>
        <message>
            <source>Every node of the cluster is reached over SSH.</source>
            <translation>通过 SSH 访问集群的每个节点。</translation>
        </message>
        <message>
            <source>Further ser&amp;vers:</source>
            <translation>其他服务器(&amp;V)：</translation>
        </message>
        <message>
            <source>Further servers with the same folder, separated by commas</source>
            <translation>使用相同文件夹的其他服务器，以逗号分隔</translation>
        </message>
        <message>
            <source>Host name or IP address</source>
            <translation>主机名或 IP 地址</translation>
        </message>
        <message>
            <source>Host name or IP address of the publisher</source>
            <translation>发布方的主机名或 IP 地址</translation>
        </message>
        <message>
            <source>It is never kept</source>
            <translation>不会保存</translation>
        </message>
        <message>
            <source>Its address stands in config.toml.</source>
            <translation>其地址写在 config.toml 中。</translation>
        </message>
        <message>
            <source>Na&amp;me:</source>
            <translation>名称(&amp;M)：</translation>
        </message>
        <message>
            <source>Pass&amp;word:</source>
            <translation>密码(&amp;W)：</translation>
        </message>
        <message>
            <source>Pl&amp;ace:</source>
            <translation>位置(&amp;A)：</translation>
        </message>
        <message>
            <source>Por&amp;t:</source>
            <translation>端口(&amp;T)：</translation>
        </message>
        <message>
            <source>Practice</source>
            <translation>练习</translation>
        </message>
        <message>
            <source>Practice cluster in a folder</source>
            <translation>文件夹中的练习集群</translation>
        </message>
        <message>
            <source>Remote &amp;folder:</source>
            <translation>远程文件夹(&amp;F)：</translation>
        </message>
        <message>
            <source>SFTP servers</source>
            <translation>SFTP 服务器</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>The OS administrator (platform) account</source>
            <translation>操作系统管理员（平台）账户</translation>
        </message>
        <message>
            <source>The account is the OS administrator (platform) account, not the CallManager administrator. The password is never kept.</source>
            <translation>请使用操作系统管理员（平台）账户，而不是 CallManager 管理员账户。密码不会保存。</translation>
        </message>
        <message>
            <source>The list is read from this folder, and written there.</source>
            <translation>从此文件夹读取列表，并写入此文件夹。</translation>
        </message>
        <message>
            <source>The list lies in the same folder of one or more servers.</source>
            <translation>列表位于一台或多台服务器的相同文件夹中。</translation>
        </message>
        <message>
            <source>The password is never kept. With a key of your own leave it empty.</source>
            <translation>密码不会保存。如果使用自己的密钥，请留空。</translation>
        </message>
        <message>
            <source>To try it without hardware, choose Practice as the place.</source>
            <translation>要在没有硬件的情况下试用，请选择“练习”作为位置。</translation>
        </message>
        <message>
            <source>Tokens and a cluster to practise with are made on this computer, and nothing is left behind.
The PIN of the tokens is Cisco123.</source>
            <translation>在本计算机上创建练习用的令牌和集群，结束后不留下任何内容。
令牌的 PIN 是 Cisco123。</translation>
        </message>
        <message>
            <source>Unified CM cluster</source>
            <translation>Unified CM 集群</translation>
        </message>
        <message>
            <source>Where the trust list of your phones lives.</source>
            <translation>电话的信任列表所在的位置。</translation>
        </message>
        <message>
            <source>Which kind of place holds the list</source>
            <translation>列表所在位置的种类</translation>
        </message>
        <message>
            <source>cm-sub1, cm-sub2</source>
            <translation>cm-sub1, cm-sub2</translation>
        </message>
    </context>
    <context>
        <name>ServersPage</name>
        <message>
            <source>&amp;Done</source>
            <translation>完成(&amp;D)</translation>
        </message>
        <message>
            <source>&amp;Retry</source>
            <translation>重试(&amp;R)</translation>
        </message>
        <message>
            <source>Cop&amp;y All</source>
            <translation>全部复制(&amp;Y)</translation>
        </message>
        <message>
            <source>Copies servers, file locations, states and checksums</source>
            <translation>复制服务器、文件位置、状态和校验和</translation>
        </message>
        <message>
            <source>File location</source>
            <translation>文件位置</translation>
        </message>
        <message>
            <source>Kept before</source>
            <translation>已保存的旧文件</translation>
        </message>
        <message>
            <source>MD5</source>
            <translation>MD5</translation>
        </message>
        <message>
            <source>Rest&amp;ore...</source>
            <translation>恢复(&amp;O)...</translation>
        </message>
        <message>
            <source>SHA-1</source>
            <translation>SHA-1</translation>
        </message>
        <message>
            <source>Serial number of the signer</source>
            <translation>签名人的序列号</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器状态</translation>
        </message>
        <message>
            <source>Signed by {0}. Newer phones show this serial number:</source>
            <translation>签名人：{0}。较新的电话显示此序列号：</translation>
        </message>
        <message>
            <source>The list that was kept is in force again.</source>
            <translation>保存的列表已重新生效。</translation>
        </message>
        <message>
            <source>What each server holds now, as read back from it.</source>
            <translation>从每台服务器读回的当前内容。</translation>
        </message>
        <message>
            <source>the serial number of the signer</source>
            <translation>签名人的序列号</translation>
        </message>
    </context>
    <context>
        <name>StepList</name>
        <message>
            <source>Action</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>CTL entries</source>
            <translation>CTL 条目</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>密码</translation>
        </message>
        <message>
            <source>Review</source>
            <translation>核对</translation>
        </message>
        <message>
            <source>Server</source>
            <translation>服务器</translation>
        </message>
        <message>
            <source>Servers</source>
            <translation>服务器状态</translation>
        </message>
        <message>
            <source>Sign and write</source>
            <translation>签署并写入</translation>
        </message>
        <message>
            <source>Step {number} of {count}: {name}</source>
            <translation>第 {number} 步（共 {count} 步）：{name}</translation>
        </message>
        <message>
            <source>Steps</source>
            <translation>步骤</translation>
        </message>
        <message>
            <source>Tokens</source>
            <translation>令牌</translation>
        </message>
        <message>
            <source>What remains</source>
            <translation>后续工作</translation>
        </message>
    </context>
    <context>
        <name>StepRows</name>
        <message>
            <source>Keep the present file as CTLFile_old.tlv</source>
            <translation>将当前文件保存为 CTLFile_old.tlv</translation>
        </message>
        <message>
            <source>Sign with the token</source>
            <translation>用令牌签署</translation>
        </message>
        <message>
            <source>Verify the own signature</source>
            <translation>验证自己的签名</translation>
        </message>
        <message>
            <source>Write, and read back</source>
            <translation>写入并读回</translation>
        </message>
        <message>
            <source>done</source>
            <translation>完成</translation>
        </message>
        <message>
            <source>running</source>
            <translation>正在进行</translation>
        </message>
        <message>
            <source>stopped here</source>
            <translation>在此停止</translation>
        </message>
        <message>
            <source>to come</source>
            <translation>尚未开始</translation>
        </message>
    </context>
    <context>
        <name>TokenPage</name>
        <message>
            <source>&amp;Add</source>
            <translation>添加(&amp;A)</translation>
        </message>
        <message>
            <source>&amp;Certificate...</source>
            <translation>证书(&amp;C)...</translation>
        </message>
        <message>
            <source>Is this the right one? Add takes it into the list.</source>
            <translation>是这个令牌吗？“添加”会将其加入列表。</translation>
        </message>
        <message>
            <source>Issuer</source>
            <translation>颁发者</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>密钥</translation>
        </message>
        <message>
            <source>Library</source>
            <translation>库</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN</translation>
        </message>
        <message>
            <source>SHA-1 fingerprint</source>
            <translation>SHA-1 指纹</translation>
        </message>
        <message>
            <source>SHA-256 fingerprint</source>
            <translation>SHA-256 指纹</translation>
        </message>
        <message>
            <source>Security Token Information</source>
            <translation>安全令牌信息</translation>
        </message>
        <message>
            <source>Serial, as in the list</source>
            <translation>序列号（列表中的写法）</translation>
        </message>
        <message>
            <source>Serial, decimal</source>
            <translation>序列号（十进制）</translation>
        </message>
        <message>
            <source>Serial, hexadecimal</source>
            <translation>序列号（十六进制）</translation>
        </message>
        <message>
            <source>Shows it in a window of its own, from where it can be saved and dragged out</source>
            <translation>在单独的窗口中显示，可从那里保存或拖出</translation>
        </message>
        <message>
            <source>Subject</source>
            <translation>主题</translation>
        </message>
        <message>
            <source>Token</source>
            <translation>令牌</translation>
        </message>
        <message>
            <source>Token label</source>
            <translation>令牌标签</translation>
        </message>
        <message>
            <source>Token serial</source>
            <translation>令牌序列号</translation>
        </message>
        <message>
            <source>Valid from</source>
            <translation>生效时间</translation>
        </message>
        <message>
            <source>Valid to</source>
            <translation>到期时间</translation>
        </message>
    </context>
    <context>
        <name>Widgets</name>
        <message>
            <source>... and {0} more</source>
            <translation>...另有 {0} 条</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>Copy {0}</source>
            <translation>复制：{0}</translation>
        </message>
        <message>
            <source>Danger</source>
            <translation>危险</translation>
        </message>
        <message>
            <source>Error</source>
            <translation>错误</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>提示</translation>
        </message>
        <message>
            <source>Warning</source>
            <translation>警告</translation>
        </message>
        <message>
            <source>What to do</source>
            <translation>处理方法</translation>
        </message>
    </context>
    <context>
        <name>Window</name>
        <message>
            <source>&amp;About ctlkit</source>
            <translation>关于 ctlkit(&amp;A)</translation>
        </message>
        <message>
            <source>&amp;Examine a list or certificate...</source>
            <translation>查看列表或证书(&amp;E)...</translation>
        </message>
        <message>
            <source>&amp;Save log...</source>
            <translation>保存日志(&amp;S)...</translation>
        </message>
        <message>
            <source>Error: {0}</source>
            <translation>错误：{0}</translation>
        </message>
        <message>
            <source>Examine a list or certificate</source>
            <translation>查看列表或证书</translation>
        </message>
        <message>
            <source>{0}: {1}</source>
            <translation>{0}：{1}</translation>
        </message>
    </context>
</TS>
